// A bare Engine.IO server, revision 4 (engine.io 6) or 3 (engine.io 3.6), that echoes text and binary.
//   node engineio.mjs [--revision 4|3] [--path /engine.io/] [--cert F --key F [--client-ca F]]
//     --polling-only | --websocket-only | --no-upgrades      --deflate      --no-http-compression
//     --ping-interval MS --ping-timeout MS --max-payload BYTES      --cookie NAME
//     --eio3             revision 4 takes 3 as well
//     --initial TEXT     a first message, in the same payload as the open packet
//     --log-requests     {"request": METHOD, "url", "headers"} for each HTTP request, upgrades too
// The messages "close" (an Engine.IO close), "drop" (the lines are cut), "stall MS" (no ping, no pong) and
// "burst N" (messages 0 … N-1) are obeyed, not echoed.
// Printed: {"connected": SID, "transport", "revision"} {"upgraded": SID} {"closed": SID, "reason"}.
// Standard input: {"send": TEXT} to all, {"drop": true}, {"stall": MS}, {"disconnect": true}.
import { createRequire } from 'node:module';
import { dropTransport, stall } from './behaviours.mjs';
import { flags, listen, say, webServer, words } from './common.mjs';

const { values: v } = flags(words(`revision= path= cert= key= client-ca= polling-only websocket-only no-upgrades
    deflate no-http-compression ping-interval= ping-timeout= max-payload= cookie= eio3 initial= log-requests`));
const old = v.revision === '3';
const engineio = createRequire(import.meta.url)(old ? 'engine.io-3' : 'engine.io');

const web = webServer(v);
const engine = engineio.attach(web, {
    path: v.path ?? '/engine.io/',
    transports: v['polling-only'] ? ['polling'] : v['websocket-only'] ? ['websocket'] : ['polling', 'websocket'],
    allowUpgrades: !v['no-upgrades'],
    perMessageDeflate: v.deflate ? { threshold: 0 } : false,
    ...v['no-http-compression'] && { httpCompression: false },
    pingInterval: Number(v['ping-interval'] ?? 25000), pingTimeout: Number(v['ping-timeout'] ?? 20000),
    maxHttpBufferSize: Number(v['max-payload'] ?? 1000000),
    ...v.cookie && { cookie: old ? v.cookie : { name: v.cookie } },
    ...v.initial && { initialPacket: v.initial },
    ...!old && { allowEIO3: v.eio3 === true },
});

const orders = {
    close: conn => conn.close(),
    drop: conn => dropTransport(conn),
    stall: (conn, ms) => stall(conn, ms),
    burst: (conn, n) => { for (let i = 0; i < n; i++) conn.send(String(i)); },
};

engine.on('connection', conn => {
    say({ connected: conn.id, transport: conn.transport.name, revision: conn.protocol ?? 3 });
    conn.on('upgrade', () => say({ upgraded: conn.id }));
    conn.on('close', reason => say({ closed: conn.id, reason }));
    conn.on('message', data => {
        const [, order, number] = /^(close|drop|stall|burst)(?: (\d+))?$/.exec(String(data)) ?? [];
        if (order && typeof data === 'string')
            orders[order](conn, Number(number));
        else
            conn.send(data);
    });
});
if (v['log-requests']) {
    const log = ({ method, url, headers }) => say({ request: method, url, headers });
    web.prependListener('request', log).prependListener('upgrade', log);
}

const all = action => () => Object.values(engine.clients).forEach(action);
listen(web, {
    send: text => all(conn => conn.send(text))(),
    drop: all(dropTransport),
    stall: ms => all(conn => stall(conn, ms))(),
    disconnect: all(conn => conn.close()),
});
