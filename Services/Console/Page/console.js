// Signs in and keeps the list of open incidents up to date over the live stream.

const OPEN = new Set(["new", "acknowledged", "in_progress"]);
const element = (id) => document.getElementById(id);
const incidents = new Map();
let socket = null;
let cursor = null;
let wait = 500;
let isSignedIn = false;
// Incidents that changed while the list was being loaded; null when it is not.
let changed = null;

function cookie(name) {
  const pair = document.cookie.split("; ").find((entry) => entry.startsWith(name + "="));
  return pair ? pair.slice(name.length + 1) : "";
}

async function call(method, path, body) {
  const headers = { "X-CSRF-Token": cookie("aw_csrf") };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

// An access token lasts half an hour; the refresh cookie brings a new one. One tab at a time, because a refresh token
// is good for one use.
async function request(method, path, body) {
  let answer = await call(method, path, body);
  if (answer.status !== 401) return answer;
  const renew = async () => {
    answer = await call(method, path, body);
    if (answer.status === 401 && cookie("aw_csrf") && (await call("POST", "/api/auth/refresh")).ok) {
      answer = await call(method, path, body);
    }
  };
  await (navigator.locks ? navigator.locks.request("aw_refresh", renew) : renew());
  return answer;
}

function show(signedIn) {
  isSignedIn = signedIn;
  element("sign-in").hidden = signedIn;
  element("incidents").hidden = !signedIn;
  element("sign-out").hidden = !signedIn;
  if (!signedIn) element("connection").textContent = "Signed out";
}

function keep(incident) {
  if (OPEN.has(incident.status)) incidents.set(incident.id, incident);
  else incidents.delete(incident.id);
}

function draw() {
  const sorted = [...incidents.values()].sort(
    (a, b) => b.priority.score - a.priority.score || (a.id < b.id ? 1 : -1));
  element("count").textContent = sorted.length ? `(${sorted.length})` : "";
  element("empty").hidden = sorted.length > 0;
  element("list").replaceChildren(...sorted.map((incident) => {
    const item = document.createElement("li");
    item.dataset.severity = incident.severity;
    const title = document.createElement("strong");
    title.textContent = incident.title;
    const facts = document.createElement("span");
    const opened = new Date(incident.created_at).toLocaleString();
    const alerts = `${incident.alert_count} alert${incident.alert_count === 1 ? "" : "s"}`;
    facts.textContent = [
      incident.severity, incident.status.replace("_", " "), alerts, incident.assets.slice(0, 3).join(", "), opened,
    ].filter(Boolean).join(" · ");
    item.append(title, facts);
    return item;
  }));
}

// Reads the whole list. What changes meanwhile is newer than what is read, so it is put over it at the end.
async function load() {
  changed = [];
  const loaded = [];
  let next = "";
  do {
    const answer = await request("GET", `/api/incidents?status=open&sort=priority&limit=200${next}`);
    if (answer.status === 401) return show(false);
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const page = await answer.json();
    loaded.push(...page.items);
    next = page.next_cursor ? `&cursor=${encodeURIComponent(page.next_cursor)}` : "";
  } while (next);
  incidents.clear();
  [...loaded, ...changed].forEach(keep);
  changed = null;
  element("problem").textContent = "";
  draw();
}

async function reload() {
  try {
    await load();
  } catch (error) {
    element("problem").textContent = `The list could not be loaded (${error.message}). Trying again.`;
    cursor = null;
    if (socket) socket.close();
  }
}

function receive(frame) {
  const isFirst = cursor === null;
  if (frame.cursor) cursor = frame.cursor;
  if (frame.type === "reset" || (frame.type === "subscribed" && isFirst)) {
    reload();
  } else if (frame.type.startsWith("incident.") && frame.data && frame.data.id) {
    if (changed) changed.push(frame.data);
    keep(frame.data);
    draw();
  }
}

// Follows what changes. The list is loaded once the server says that nothing is missed from here on.
function connect() {
  if (!isSignedIn) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/api/stream`, ["aw.v1"]);
  socket.onopen = () => {
    wait = 500;
    element("connection").textContent = "Live";
    socket.send(JSON.stringify({ type: "subscribe", after: cursor }));
  };
  socket.onmessage = (event) => receive(JSON.parse(event.data));
  socket.onclose = () => {
    socket = null;
    if (!isSignedIn) return;
    element("connection").textContent = "Reconnecting…";
    setTimeout(reconnect, wait);
    wait = Math.min(wait * 2, 15000);
  };
}

// Whether the session still holds, with new tokens where it needs them, is asked before each new try.
async function reconnect() {
  try {
    const me = await request("GET", "/api/auth/me");
    if (me.status === 401) return show(false);
  } catch {
    // No network: the socket fails as well, and is tried again.
  }
  connect();
}

element("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  element("sign-in-error").textContent = "";
  const answer = await call("POST", "/api/auth/login", {
    email: element("email").value, password: element("password").value,
  });
  if (!answer.ok) {
    element("sign-in-error").textContent = (await answer.json()).detail;
    return;
  }
  element("password").value = "";
  show(true);
  connect();
});

element("sign-out").addEventListener("click", async () => {
  await request("POST", "/api/auth/logout");
  show(false);
  incidents.clear();
  cursor = null;
  draw();
  if (socket) socket.close();
});

const me = await request("GET", "/api/auth/me");
show(me.ok);
if (me.ok) connect();
else element("email").focus();
