// Servers that break one rule each, byte by byte: node bad.mjs NAME. The last rows only look odd.
// Each row: what answers the request head, then what follows a right 101, then what happens to the line.
import net from 'node:net';
import { flags, listen, say } from './common.mjs';
import { MIB, accept, bomb, drip, flood, frame, hex, upgrade } from './raw.mjs';

const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate';
const deflating = (params = '') => key => upgrade(key, { extra: DEFLATE + params + '\r\n' });

// Engine.IO's first word; what a row calls `then` waits for the client's CONNECT, and follows the answer to it.
const OPEN = frame(0x81, '0{"sid":"abc","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
const packets = list => list.map(packet => frame(typeof packet === 'string' ? 0x81 : 0x82, packet));
const sio = (...list) => ({ frames: OPEN, then: () => Buffer.concat(packets(['40{"sid":"def"}', ...list])) });
const placeholders = n => Array.from({ length: n }, (_, num) => JSON.stringify({ _placeholder: true, num })).join();

const plain = text => () => Buffer.from(text);
const cases = {
    'wrong-accept': { head: key => upgrade(key, { token: accept(key + 'x') }) },
    'no-accept': { head: key => upgrade(key, { token: '' }) },
    'unasked-extension': { head: key => upgrade(key, { extra: 'Sec-WebSocket-Extensions: x-unheard-of\r\n' }) },
    'unasked-protocol': { head: key => upgrade(key, { extra: 'Sec-WebSocket-Protocol: never-offered\r\n' }) },
    'not-upgraded': { head: plain('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 16\r\n\r\n<h1>Welcome</h1>'), end: 'fin' },
    'half-head': { head: plain('HTTP/1.1 101 Switching Proto') },
    'half-head-cut': { head: plain('HTTP/1.1 101 Switching Proto'), end: 'fin' },
    'silent': { head: plain('') },
    'not-http': { head: plain('220 mail.example ESMTP ready\r\n'), end: 'fin' },
    'endless-head': { head: key => upgrade(key).subarray(0, -2), flood: Buffer.from('X-More: of the same\r\n'.repeat(50)) },
    'endless-line': { head: plain('HTTP/1.1 101 '), flood: Buffer.alloc(1000, 0x61) },
    'many-short-lines': { head: key => upgrade(key).subarray(0, -2), flood: Buffer.from('a\n'.repeat(500)) },
    'reset-at-once': { head: plain(''), end: 'rst' },
    'deflate-wrong-parameters': { head: deflating('; server_max_window_bits=99') },
    'deflate-not-offered': { head: deflating() },
    'reset-in-frame': { frames: hex('81 20 68 65 6c 6c 6f'), end: 'rst' },
    'cut-in-frame': { frames: hex('81 20 68 65 6c 6c 6f'), end: 'fin' },
    'cut-no-close': { frames: hex('81 02 68 69'), end: 'fin' },
    'masked': { frames: hex('81 82 01020304 69 6b') },
    'reserved-bits': { frames: hex('c1 02 68 69') },
    'bad-opcode': { frames: hex('83 02 68 69') },
    'huge-length': { frames: hex('82 7f 4000000000000000 00') },
    'length-top-bit': { frames: hex('82 7f 8000000000000000 00') },
    'long-length': { frames: hex('81 7e 0002 68 69') },
    'long-ping': { frames: Buffer.concat([hex('89 7e 007e'), Buffer.alloc(126, 0x61)]) },
    'split-ping': { frames: hex('09 02 68 69') },
    'stray-continuation': { frames: hex('80 02 68 69') },
    'message-in-message': { frames: hex('01 02 68 69 81 02 68 69') },
    'bad-utf8': { frames: hex('81 04 ce ba e1 bd') },
    'close-no-reply': { frames: hex('81 02 68 69'), mute: true },
    'close-reserved-code': { frames: hex('88 02 03 ed') },
    'close-one-byte': { frames: hex('88 01 03') },
    'close-bad-utf8': { frames: hex('88 04 03 e8 ff fe') },
    'data-after-close': { frames: hex('88 02 03 e8 81 02 68 69') },
    'deflate-bomb': { head: deflating(), frames: () => frame(0xc2, bomb()) },
    'deflate-bomb-in-fragments': { head: deflating(), frames: () => {
        const all = bomb(), half = all.length >> 1;
        return Buffer.concat([frame(0x42, all.subarray(0, half)), frame(0x80, all.subarray(half))]);
    } },
    'deflate-garbage': { head: deflating(), frames: frame(0xc1, hex('ff ff ff ff')) },
    'deflate-continued': { head: deflating(), frames: Buffer.concat([frame(0x41, hex('ca48')), frame(0xc0, hex('cdc9c90700'))]) },
    'endless-message': { frames: frame(0x02, 'x'), flood: () => frame(0x00, Buffer.alloc(MIB)) },
    'ping-flood': { flood: Buffer.concat(Array(1000).fill(frame(0x89, ''))), deaf: true },
    'long-ping-flood': { flood: Buffer.concat(Array(100).fill(frame(0x89, Buffer.alloc(125, 0x61)))), deaf: true },
    'deaf': { frames: frame(0x81, 'hi'), deaf: true },
    'talks-on': { flood: frame(0x81, 'x'.repeat(60)), mute: true },
    'eio-no-open': { frames: frame(0x81, '4hello') },
    'eio-bad-open': { frames: frame(0x81, '0{"sid":') },
    'eio-empty-message': sio(''),
    'eio-bad-type': sio('9what'),
    'eio-close': sio('1'),
    'eio-ping-flood': { frames: OPEN, flood: Buffer.concat(Array(500).fill(frame(0x81, '2'))), deaf: true },
    'sio-no-connect': { frames: OPEN, end: 'fin' },
    'sio-bad-json': sio('42["a",}'),
    'sio-deep-json': sio('42["a",' + '['.repeat(100000)),
    'sio-not-an-array': sio('42{"a":1}'),
    'sio-bad-type': sio('4x["a"]'),
    'sio-reserved-name': sio('42["disconnect"]'),
    'sio-bad-count': sio('451000000000-["a",{"_placeholder":true,"num":0}]'),
    'sio-placeholder-out-of-range': sio('451-["a",{"_placeholder":true,"num":7}]', Buffer.from('x')),
    'sio-attachments-never-come': { ...sio(`4510-["a",${placeholders(10)}]`, Buffer.from('one')), end: 'fin' },
    'sio-attachments-too-large': sio(`453-["a",${placeholders(3)}]`, ...Array(3).fill(Buffer.alloc(30 * MIB))),
    'sio-text-for-an-attachment': sio(`451-["a",${placeholders(1)}]`, '42["b"]'),
    'sio-stray-binary': sio(Buffer.from('x')),
    'sio-ack-for-nothing': sio('437["x"]'),
    'sio-ack-without-id': sio('43["x"]'),
    'sio-ack-id-too-large': sio('4399999999999999999999["x"]'),
    'sio-connect-again': sio('40{"sid":"ghi"}'),
    'sio-other-namespace': sio('42/never,["x"]'),
    'sio-old-connect': { frames: OPEN, then: () => frame(0x81, '40') },
    'sio-nothing': sio('42'),
    'early': { frames: hex('81 05 68 65 6c 6c 6f'), together: true },
    'drip': { frames: hex('81 05 68 65 6c 6c 6f'), drip: true },
};

async function answer(socket, request, row) {
    const { head = upgrade, ...how } = row;
    const frames = typeof how.frames === 'function' ? how.frames() : how.frames ?? Buffer.alloc(0);
    const key = /^sec-websocket-key: *(\S+)/im.exec(request)?.[1] ?? '';
    const first = head(key);
    if (how.deaf)
        socket.pause();
    if (how.drip)
        return drip(socket, Buffer.concat([first, frames]));
    if (how.together) {
        socket.write(Buffer.concat([first, frames]));
    } else {
        if (first.length)
            socket.write(first);
        if (frames.length)
            setTimeout(() => socket.write(frames), 20);
    }
    if (how.flood)
        setTimeout(() => flood(socket, typeof how.flood === 'function' ? how.flood() : how.flood), 40);
    if (how.end && !how.then)
        setTimeout(() => how.end === 'rst' ? socket.resetAndDestroy() : socket.end(), 60);
}

const { values, positionals: [name] } = flags({ list: { type: 'boolean' } });
if (values.list) {
    say(Object.keys(cases));
    process.exit(0);
}
if (!(name in cases)) {
    console.error(`usage: bad.mjs --list | ${Object.keys(cases).join(' | ')}`);
    process.exit(2);
}

// The opcodes of whole frames that a client sent at once: those that are longer than 125 bytes end the list.
function opcodes(data) {
    const found = [];
    for (let at = 0; at + 6 <= data.length && (data[at + 1] & 127) < 126; at += 6 + (data[at + 1] & 127))
        found.push(data[at] & 15);
    return found;
}

// A Close frame is answered in kind (unless the row is mute): only the rule of the row is broken.
function onFrames(socket, data, state) {
    const { mute, then, end } = cases[name];
    if (then && !state.connected) {
        state.connected = true;
        socket.write(then());
        if (end)
            setTimeout(() => socket.end(), 60);
    }
    if (!mute && opcodes(data).includes(8))
        socket.end(hex('88 02 03 e8'));
}

listen(net.createServer(socket => {
    const state = { connected: false };
    let request = '', answered = false;
    socket.on('error', () => {});
    socket.on('data', data => {
        if (answered)
            return onFrames(socket, data, state);
        request += data.toString('latin1');
        if (!request.includes('\r\n\r\n'))
            return;
        answered = true;
        answer(socket, request, cases[name]);
    });
}));
