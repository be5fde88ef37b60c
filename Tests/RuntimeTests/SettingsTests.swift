import Testing

@testable import Runtime

@Suite struct SettingsTests {
    @Test func anUnsetSettingHasItsDefault() throws {
        let settings = Settings(values: [:])
        #expect(try settings.integer(SettingsCatalogue.ingestPort) == 8080)
        #expect(try settings.text(SettingsCatalogue.logLevel) == "info")
    }

    @Test func anEmptySettingCountsAsUnset() throws {
        let settings = Settings(values: ["AW_INGEST_PORT": "", "AW_MASTER_KEY": ""])
        #expect(try settings.integer(SettingsCatalogue.ingestPort) == 8080)
        #expect(settings.optionalText(SettingsCatalogue.masterKey) == nil)
    }

    @Test func aSetValueGoesBeforeTheDefault() throws {
        let settings = Settings(values: ["AW_INGEST_PORT": "0", "AW_LOG_FORMAT": "json"])
        #expect(try settings.integer(SettingsCatalogue.ingestPort) == 0)
        #expect(try settings.text(SettingsCatalogue.logFormat) == "json")
    }

    @Test(arguments: ["8080x", "-1", "65536", "80 80", "0x50", "99999999999999999999"])
    func aNumberThatIsNotAllowedNamesTheSettingItsValueAndWhatIs(value: String) {
        let settings = Settings(values: ["AW_INGEST_PORT": value])
        let error = #expect(throws: SettingError.self) { try settings.integer(SettingsCatalogue.ingestPort) }
        #expect(
            error?.description == "AW_INGEST_PORT is \"\(value)\"; it must be a whole number from 0 to 65535.")
    }

    @Test func aWordThatIsNoChoiceNamesTheChoices() {
        let settings = Settings(values: ["AW_LOG_FORMAT": "xml"])
        let error = #expect(throws: SettingError.self) { try settings.text(SettingsCatalogue.logFormat) }
        #expect(error?.description == "AW_LOG_FORMAT is \"xml\"; it must be one of text, json.")
    }

    @Test func aMissingSettingWithoutDefaultSaysThatItIsNotSet() {
        let error = #expect(throws: SettingError.self) {
            try Settings(values: [:]).text(SettingsCatalogue.masterKey)
        }
        #expect(error?.description == "AW_MASTER_KEY is not set; it must be any text.")
    }

    @Test func anErrorAboutASecretNeverShowsItsValue() {
        let error = SettingError(
            setting: SettingsCatalogue.masterKey, value: "k1:hunter2", hint: "See aw key generate.")
        #expect(!error.description.contains("hunter2"))
        #expect(
            error.description
                == "AW_MASTER_KEY has a value that is not allowed; it must be any text. See aw key generate.")
    }

    @Test(arguments: [("true", true), ("false", false)])
    func aBooleanIsTrueOrFalse(text: String, expected: Bool) throws {
        let setting = Setting("AW_TRIAL", .boolean, default: "false", "A trial.")
        #expect(try Settings(values: ["AW_TRIAL": text]).boolean(setting) == expected)
    }

    @Test(arguments: ["1", "yes", "TRUE"])
    func aBooleanIsNothingElse(text: String) {
        let setting = Setting("AW_TRIAL", .boolean, default: "false", "A trial.")
        let error = #expect(throws: SettingError.self) { try Settings(values: ["AW_TRIAL": text]).boolean(setting) }
        #expect(error?.description == "AW_TRIAL is \"\(text)\"; it must be true or false.")
    }

    @Test(arguments: SettingsCatalogue.all)
    func everyDefaultIsAllowed(setting: Setting) throws {
        guard setting.fallback != nil else { return #expect(setting.isSecret, "\(setting.name) must be set by hand") }
        let settings = Settings(values: [:])
        switch setting.kind {
        case .integer: _ = try settings.integer(setting)
        case .boolean: _ = try settings.boolean(setting)
        case .text, .choice, .url: #expect(try !settings.text(setting).isEmpty)
        }
    }

    @Test func noTwoSettingsHaveTheSameName() {
        #expect(Set(SettingsCatalogue.all.map(\.name)).count == SettingsCatalogue.all.count)
    }
}
