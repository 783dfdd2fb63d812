// A socket.io server, 2.5, 3.1 or 4.8. What it does at which event: behaviours.mjs. A line of JSON for what it sees.
//   node socketio.mjs [--version 2|3|4] [--path /socket.io/] [--name NAME]
//     --cert F --key F [--client-ca F]   TLS, and client certificates required
//     --polling-only | --websocket-only | --no-upgrades | --transports polling,websocket
//     --deflate          permessage-deflate for every message
//     --no-http-compression              polling answers never in gzip (as it is: from 1024 bytes on)
//     --ping-interval MS --ping-timeout MS --upgrade-timeout MS --connect-timeout MS --max-payload BYTES
//     --cookie NAME      cookie with the session id (socket.io 2 sets "io" unless --no-cookie)
//     --msgpack          the MessagePack parser     --eio3      allowEIO3: 3 and 4 take Engine.IO 3 as well
//     --recovery MS      connection state recovery (4 only)
//     --cors ORIGIN      CORS answers for this origin, or "*"
//     --refuse-origin ORIGIN             403 for it, by allowRequest     --forbid     403 for all
//     --reject MESSAGE [--reject-data JSON]   middleware of "/" turns everyone away
//     --need-token TOKEN                 so it does with those who lack auth.token (2: query token=) of this value
//     --slow-connect MS  the middleware of "/" takes its time
//     --early            event "early" 1 from the middleware, so before CONNECT's answer
//     --welcome          events "welcome" {name} and "bytes" BUFFER at once after it
//     --log-requests     {"request": METHOD, "url", "headers"} for each HTTP request, upgrades too
//     --port N           this port instead of a free one
// Namespaces: / and /chat for all; /secure wants auth.token (2: query), else CONNECT_ERROR "no token" {code, hint};
//   /admin wants auth {username: "admin", password: "changeit"}, then sends "session", "config", "server_stats" as
//   socket.io's admin interface does; /dynamic-N for each N; another is "Invalid namespace".
// Printed: {"connected": NSP, "id", "transport", "recovered"} {"disconnected": NSP, "reason"} {"restarted": PORT} …
// Standard input takes, one JSON object a line: {"restart": MS} {"crash": MS} (without a word before)
//   {"revive": true} (MS are over) {"drop": true} {"stall": MS} {"emit": [NAME, …]} (to all in "/")
//   {"disconnect": true} (everyone, with the connection)
import { createRequire } from 'node:module';
import { behave, dropTransport, stall } from './behaviours.mjs';
import { endWithParent, flags, say, webServer, words } from './common.mjs';

const { values: v } = flags(words(`version= path= name= cert= key= client-ca= polling-only websocket-only no-upgrades
    transports= deflate no-http-compression ping-interval= ping-timeout= upgrade-timeout= connect-timeout= max-payload=
    cookie= no-cookie msgpack eio3 recovery= cors= refuse-origin= forbid reject= reject-data= need-token= slow-connect=
    early welcome log-requests port=`));
const version = Number(v.version ?? 4);
const require = createRequire(import.meta.url);
const number = (flag, otherwise) => v[flag] === undefined ? otherwise : Number(v[flag]);

function library() {
    const module = require(version === 4 ? 'socket.io' : `socket.io-${version}`);
    return module.Server ?? module;
}

function transports() {
    if (v.transports)
        return v.transports.split(',');
    return v['polling-only'] ? ['polling'] : v['websocket-only'] ? ['websocket'] : ['polling', 'websocket'];
}

// socket.io 2 knows neither `cors` nor a cookie in parts.
function versionOptions() {
    if (version === 2)
        return {
            cookie: v['no-cookie'] ? false : v.cookie ?? 'io',
            ...v.cors && v.cors !== '*' && { origins: v.cors },
        };
    return {
        allowEIO3: v.eio3 === true,
        ...v.cookie && { cookie: { name: v.cookie, path: '/', httpOnly: true, sameSite: 'lax' } },
        ...v.cors && { cors: { origin: v.cors, credentials: v.cors !== '*' } },
        ...v.recovery && { connectionStateRecovery: { maxDisconnectionDuration: Number(v.recovery) } },
    };
}

function options() {
    const refuses = v.forbid || v['refuse-origin'];
    return {
        path: v.path ?? '/socket.io/',
        transports: transports(), allowUpgrades: !v['no-upgrades'],
        perMessageDeflate: v.deflate ? { threshold: 0 } : false,
        ...v['no-http-compression'] && { httpCompression: false },
        pingInterval: number('ping-interval', 25000), pingTimeout: number('ping-timeout', 20000),
        upgradeTimeout: number('upgrade-timeout', 10000), connectTimeout: number('connect-timeout', 45000),
        maxHttpBufferSize: number('max-payload', 16000000),
        ...v.msgpack && { parser: require(version === 2 ? 'socket.io-msgpack-parser-2' : 'socket.io-msgpack-parser') },
        ...refuses && { allowRequest: (request, done) =>
            done('not from here', !v.forbid && request.headers.origin !== v['refuse-origin']) },
        ...versionOptions(),
    };
}

function refusal(message, data) {
    return Object.assign(new Error(message), data && { data });
}

const authOf = ({ handshake }) => version === 2 ? handshake.query : handshake.auth;

// Only where asked for: socket.io 2 answers the handshake otherwise once there is any.
function guard(io) {
    if (v['slow-connect'])
        io.use((socket, next) => { setTimeout(next, Number(v['slow-connect'])); });
    if (v.early)
        io.use((socket, next) => { socket.emit('early', 1); next(); });
    if (v.reject)
        io.use((socket, next) => next(refusal(v.reject, v['reject-data'] && JSON.parse(v['reject-data']))));
    if (v['need-token'])
        io.use((socket, next) =>
            next(authOf(socket).token === v['need-token'] ? undefined : refusal('wrong token', { code: 401 })));
}

function admin(namespace) {
    namespace.use((socket, next) => {
        const { username, password } = authOf(socket);
        next(username === 'admin' && password === 'changeit' ? undefined : refusal('invalid credentials'));
    });
    namespace.on('connection', socket => {
        socket.emit('session', 'f7c1b3');
        socket.emit('config', { supportedFeatures: ['EMIT', 'JOIN', 'LEAVE', 'DISCONNECT'] });
        socket.emit('server_stats', { serverId: 'srv', hostname: 'here', uptime: process.uptime(), clientsCount: 1 });
    });
}

let web, io;
const lines = new Set();

function onConnection(socket) {
    if (v.welcome) {
        socket.emit('welcome', { name: v.name ?? '' });
        socket.emit('bytes', Buffer.from([0, 1, 2, 255]));
    }
    behave(socket, { say, restart, version, name: v.name });
}

function namespaces() {
    guard(io);
    io.of('/secure').use((socket, next) =>
        next(authOf(socket).token ? undefined : refusal('no token', { code: 401, hint: 'send auth.token' })));
    admin(io.of('/admin'));
    for (const name of ['/', '/chat', '/secure', '/admin', /^\/dynamic-\d+$/])
        io.of(name).on('connection', onConnection);
}

function log({ method, url, headers }) {
    say({ request: method, url, headers });
}

function start(port, word) {
    web = webServer(v);
    for (const event of ['connection', 'secureConnection'])
        web.on(event, line => { lines.add(line); line.on('close', () => lines.delete(line)); });
    io = new (library())(web, options());
    namespaces();
    if (v.name)
        web.prependListener('request', (request, response) => response.setHeader('X-Server', v.name));
    if (v['log-requests'])
        web.prependListener('request', log).prependListener('upgrade', log);
    web.on('error', error => { say({ error: error.message }); process.exit(1); });
    web.listen(port, '127.0.0.1', () => say({ [word]: web.address().port, pid: process.pid }));
}

const destroyAll = () => lines.forEach(line => line.destroy());

let revive = () => say({ error: 'it is not down' });

// What socket.io says at its end has 50 ms to go out, unless the end is abrupt.
function restart(ms = 0, abrupt = false) {
    const { port } = web.address();
    web.on('close', () => {
        const again = () => start(port, 'restarted'), timer = setTimeout(again, ms);
        revive = () => { clearTimeout(timer); again(); };
    });
    if (abrupt)
        destroyAll();
    io.close();
    setTimeout(destroyAll, 50);
}

// Of whichever version: the Engine.IO connections.
const connections = () => Object.values(io.engine.clients);

endWithParent({
    restart: ms => restart(ms),
    crash: ms => restart(ms, true),
    revive: () => revive(),
    drop: () => connections().forEach(dropTransport),
    stall: ms => connections().forEach(conn => stall(conn, ms)),
    emit: event => io.emit(...event),
    disconnect: () => connections().forEach(conn => conn.close()),
});
start(number('port', 0), 'listening');
