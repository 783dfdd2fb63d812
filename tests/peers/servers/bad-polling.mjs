// Long-polling servers of Engine.IO 4 that break one rule each, byte by byte; rows in bad-polling-rows.mjs.
//   node bad-polling.mjs NAME      whatever the path is
//   node bad-polling.mjs           the path begins with the NAME: http://127.0.0.1:PORT/NAME/?EIO=4&transport=polling
//   node bad-polling.mjs --list    all names      --fine    those that only look odd: a right client echoes there
// Where no rule is broken it is a Socket.IO server: CONNECT is answered in any namespace, events and binary come back.
// What breaks does so after the CONNECT, in rows that begin with "poll-" or "upgrade-"; at the first POST in "post-".
// Printed for the first 300 requests: {"request": METHOD, "what": "open"|"poll"|"post"|"upgrade", "n", "cookie",
// "authorization", "host", "url"} and {"packet": TEXT} for each that comes; {"upgraded": SID} where an upgrade is done.
import net from 'node:net';
import { flags, listen, say } from './common.mjs';
import { fine, rows } from './bad-polling-rows.mjs';
import { drip, flood, frame, http, openPacket, upgrade } from './raw.mjs';

const sessions = new Map();
let told = 0;

class Session {
    constructor(row) {
        Object.assign(this, { row, sid: `s${sessions.size + 1}`, queue: [], n: { poll: 0, post: 0 } });
        this.open = openPacket({ sid: this.sid, upgrades: row.upgrade ? ['websocket'] : [], ...row.facts });
        this.sid = JSON.parse(this.open.slice(1)).sid;
        sessions.set(String(this.sid), this);
    }

    send(...packets) {
        if (this.ws)
            packets.forEach(packet => this.ws.write(frame(0x81, packet)));
        else
            this.queue.push(...packets);
        this.flush();
    }

    flush() {
        if (!this.waiting || !this.queue.length)
            return;
        clearTimeout(this.ping);
        const turn = this.waiting;
        this.waiting = undefined;
        right(turn, this.queue.splice(0).join('\x1e'));
    }

    wait(turn) {
        this.waiting = turn;
        clearTimeout(this.ping);
        this.ping = setTimeout(() => this.send('2'), 20000);
        if (this.probed)
            this.queue.push('6');
        this.flush();
    }

    receive(packet) {
        if (told++ < 300)
            say({ packet: packet.slice(0, 200) });
        const [, space] = /^40(\/[^,]*,)?/.exec(packet) ?? [];
        if (packet.startsWith('40'))
            this.send(`40${space ?? ''}{"sid":"def"}`);
        else if (/^(4|b)/.test(packet))
            this.send(packet);
        else if (packet === '1')
            this.send('6');
    }
}

// The right answer, in the form that the row has for all of them.
function right(turn, body, how) {
    perform(turn, (turn.row.reply ?? http)(body, { ...how, ...turn }));
}

// Of a row: bytes; or { bytes, end, flood, drip }; or null, which is silence.
function perform({ socket }, result) {
    const how = result instanceof Uint8Array ? { bytes: result } : result ?? {};
    const { bytes, end, flood: endless, drip: slowly } = how;
    if (bytes && slowly)
        return drip(socket, bytes);
    if (bytes)
        socket.write(bytes);
    if (endless)
        flood(socket, Buffer.from(endless));
    if (end === 'rst')
        setTimeout(() => socket.resetAndDestroy(), 20);
    else if (end)
        socket.removeAllListeners('data').resume().end();    // what still comes is not asked any more
}

const refuse = (turn, code, message) => right(turn, JSON.stringify({ code, message }), { status: 400 });

function pollOrPost(turn, what) {
    const { session, row } = turn;
    turn.n = session.n[what] += 1;
    const result = row[what]?.(turn);
    if (result !== undefined)
        perform(turn, result);
    else if (what === 'poll')
        session.wait(turn);
    else
        right(turn, 'ok');
    if (what === 'post')
        turn.body.toString().split('\x1e').forEach(packet => session.receive(packet));
}

// The texts of whole frames that a client sent, none longer than 65535 bytes.
function texts(data) {
    const found = [];
    for (let at = 0; at + 6 <= data.length;) {
        const short = data[at + 1] & 127, head = short === 126 ? 4 : 2;
        const n = short === 126 ? data.readUInt16BE(at + 2) : short;
        const mask = data.subarray(at + head, at + head + 4);
        const text = data.subarray(at + head + 4, at + head + 4 + n).map((byte, i) => byte ^ mask[i & 3]);
        if ((data[at] & 15) === 1)
            found.push(text.toString());
        at += head + 4 + n;
    }
    return found;
}

function onWebSocket(turn, text) {
    const { session, socket, row } = turn;
    const step = { '2probe': 'probe', '5': 'done' }[text];
    const result = step && row.upgrade[step]?.(turn);
    if (result !== undefined)
        return perform(turn, result);
    if (step === 'probe') {
        session.probed = true;
        socket.write(frame(0x81, '3probe'));
        if (session.waiting)
            session.send('6');
    } else if (step === 'done') {
        say({ upgraded: session.sid });
        session.ws = socket;
        session.send(...session.queue.splice(0));
    } else {
        session.receive(text);
    }
}

function onUpgrade(turn) {
    const { row, session, headers, socket } = turn;
    if (!row.upgrade || !session)
        return refuse(turn, 3, 'Bad request');
    const result = row.upgrade.head?.({ ...turn, key: headers['sec-websocket-key'] });
    if (result !== undefined)
        return perform(turn, result);
    socket.write(upgrade(headers['sec-websocket-key']));
    socket.removeAllListeners('data').on('data', data => texts(data).forEach(text => onWebSocket(turn, text)));
}

function whatOf({ method, headers, query }) {
    return headers.upgrade ? 'upgrade' : method === 'POST' ? 'post' : query.has('sid') ? 'poll' : 'open';
}

function tell(what, { session, method, headers: { cookie, authorization, host }, url }) {
    if (told++ < 300)
        say({ request: method, what, n: session?.n[what] ?? 0, cookie, authorization, host, url: url.slice(0, 300) });
}

function onRequest(turn) {
    const what = whatOf(turn), { row, query } = turn;
    turn.session = sessions.get(query.get('sid'));
    tell(what, turn);
    if (row.gate?.(turn, what))
        return refuse(turn, 1, 'Session ID unknown');
    if (what === 'upgrade')
        return onUpgrade(turn);
    if (what !== 'open')
        return turn.session ? pollOrPost(turn, what) : refuse(turn, 1, 'Session ID unknown');
    if (query.get('EIO') !== '4')
        return refuse(turn, 5, 'Unsupported protocol version');
    turn.session = new Session(row);
    const result = row.open?.(turn);
    if (result !== undefined)
        perform(turn, result);
    else
        right(turn, turn.session.open);
}

const { values, positionals: [name] } = flags({ list: { type: 'boolean' }, fine: { type: 'boolean' } });
if (values.list || values.fine) {
    say(values.fine ? fine : Object.keys(rows));
    process.exit(0);
}
if (name !== undefined && !Object.hasOwn(rows, name)) {
    console.error(`usage: bad-polling.mjs [--list | --fine | ${Object.keys(rows).join(' | ')}]`);
    process.exit(2);
}

// One request off the front, or undefined. A request without Content-Length has no body.
function take(socket, bytes) {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0)
        return undefined;
    const [first, ...fields] = bytes.toString('latin1', 0, end).split('\r\n');
    const [method, url] = first.split(' ');
    const headers = Object.fromEntries(fields.map(line => [line.split(':', 1)[0].toLowerCase(),
                                                           line.slice(line.indexOf(':') + 1).trim()]));
    const total = end + 4 + Number(headers['content-length'] ?? 0);
    if (bytes.length < total)
        return undefined;
    const query = new URLSearchParams(url.split('?')[1] ?? '');
    const chosen = name ?? url.split(/[/?]/).find(part => Object.hasOwn(rows, part)) ?? 'right';
    return { socket, method, url, headers, query, total, body: bytes.subarray(end + 4, total), row: rows[chosen] };
}

listen(net.createServer(socket => {
    let bytes = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', data => {
        bytes = Buffer.concat([bytes, data]);
        for (let turn; (turn = take(socket, bytes));) {
            bytes = bytes.subarray(turn.total);
            onRequest(turn);
        }
    });
}));
