/// What the rules say of a family of problems: a likely cause and a first step, for one asset and for many.
struct FamilyTexts {
    /// Completes "…, most likely because …".
    var cause: String
    /// What assets that fail together have in common, as the end of "A shared cause is likely: …".
    var sharedCause: String
    var firstStep: String

    static func of(_ family: SignatureFamily) -> FamilyTexts {
        switch family {
        case .cpu:
            FamilyTexts(
                cause: "a process uses more CPU than usual or the load has grown",
                sharedCause: "a rise of traffic behind one load balancer, a job that runs everywhere, or a deployment",
                firstStep: "List the processes by CPU use and compare with the last deployment or scheduled job")
        case .memory:
            FamilyTexts(
                cause: "a process leaks memory or was given too much work for the memory there is",
                sharedCause: "a new release with a leak, or a load that all of them share",
                firstStep:
                    "List the processes by memory use, look for kills in the kernel log, and restart the one that grows"
            )
        case .disk:
            FamilyTexts(
                cause: "logs, temporary files or data have filled the volume, or the disk is failing",
                sharedCause: "a log that grows on all of them, a stopped clean-up, or storage that they share",
                firstStep:
                    "Find the largest directories and the newest large files, then rotate logs or extend the volume")
        case .network:
            FamilyTexts(
                cause: "a link, a name server or a route on the way to it does not do its work",
                sharedCause: "a switch, a link, a name server or a provider that they have in common",
                firstStep: "Test name resolution and the path hop by hop, and check the links and devices in between")
        case .serviceDown:
            FamilyTexts(
                cause: "the service has stopped or crashed, or the machine that it runs on is down",
                sharedCause: "a deployment, a host or hypervisor, or a service that all of them call",
                firstStep:
                    "Check whether the machine answers, read the end of the service's log, and restart the service")
        case .database:
            FamilyTexts(
                cause: "slow or blocking queries, too many connections, or a replica that falls behind",
                sharedCause: "one application that loads them all, or storage that they share",
                firstStep:
                    "Look at the running queries, locks and connections, and stop the query that blocks the others")
        case .certificate:
            FamilyTexts(
                cause: "the certificate expires or does not match, and its renewal did not run",
                sharedCause: "one certificate, or one renewal job, that serves all of them",
                firstStep: "Read the certificate's dates and names, renew it, and reload the services that use it")
        case .backup:
            FamilyTexts(
                cause: "the backup job failed, ran too long, or its target is full or out of reach",
                sharedCause: "the backup server or its storage",
                firstStep: "Read the job's log, check the space at the target, and run the backup again")
        case .security:
            FamilyTexts(
                cause: "somebody tries to get in, or a rule was broken; it may also be a change that nobody announced",
                sharedCause: "one sender that tries them all, or a policy that was rolled out",
                firstStep:
                    "Find out who did what from where before changing anything, keep the logs, then block the sender")
        case .cloud:
            FamilyTexts(
                cause: "the provider has a disturbance, or a quota or a permission stops the resource",
                sharedCause: "a disturbance of the provider's region, or an account-wide quota or permission",
                firstStep: "Check the provider's status page, the quotas and the last change of permissions")
        case .other:
            FamilyTexts(
                cause: "something has changed on it; the alert's own text says the most",
                sharedCause: "a change that reached all of them, or something that they all depend on",
                firstStep: "Read the alerts in order, the first one first, and compare with the latest changes")
        }
    }
}
