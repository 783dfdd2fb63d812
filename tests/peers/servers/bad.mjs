// Servers that break one rule each, byte by byte: node bad.mjs NAME. The last two only look odd.
// Each row: what answers the request head, then what follows a right 101, then what happens to the line.
import { createHash } from 'node:crypto';
import net from 'node:net';
import { flags, listen, say } from './common.mjs';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const accept = key => createHash('sha1').update(key + GUID).digest('base64');
const hex = text => Buffer.from(text.replaceAll(' ', ''), 'hex');

function upgrade(key, { token = accept(key), extra = '' } = {}) {
    return Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
                       (token ? `Sec-WebSocket-Accept: ${token}\r\n` : '') + extra + '\r\n');
}

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
    'early': { frames: hex('81 05 68 65 6c 6c 6f'), together: true },
    'drip': { frames: hex('81 05 68 65 6c 6c 6f'), drip: true },
};

async function drip(socket, bytes) {
    for (const byte of bytes) {
        socket.write(Buffer.of(byte));
        await new Promise(resolve => setTimeout(resolve, 2));
    }
}

async function answer(socket, request, { head = upgrade, frames = Buffer.alloc(0), ...how }) {
    const key = /^sec-websocket-key: *(\S+)/im.exec(request)?.[1] ?? '';
    const first = head(key);
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
    if (how.end)
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

// A Close frame is answered in kind (unless the row is mute): only the rule of the row is broken.
function onFrames(socket, data) {
    if (!cases[name].mute && (data[0] & 15) === 8)
        socket.end(hex('88 02 03 e8'));
}

listen(net.createServer(socket => {
    let request = '', answered = false;
    socket.on('error', () => {});
    socket.on('data', data => {
        if (answered)
            return onFrames(socket, data);
        request += data.toString('latin1');
        if (!request.includes('\r\n\r\n'))
            return;
        answered = true;
        answer(socket, request, cases[name]);
    });
}));
