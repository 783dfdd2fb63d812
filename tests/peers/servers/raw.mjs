// What the servers that send raw bytes share.
import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { deflateRawSync, constants as zlib } from 'node:zlib';

export const MIB = 1024 * 1024;
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
export const accept = key => createHash('sha1').update(key + GUID).digest('base64');
export const hex = text => Buffer.from(text.replaceAll(' ', ''), 'hex');

export function upgrade(key, { token = accept(key), extra = '' } = {}) {
    return Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
                       (token ? `Sec-WebSocket-Accept: ${token}\r\n` : '') + extra + '\r\n');
}

// One frame of a server: no mask, and the shortest length.
export function frame(first, payload) {
    const body = Buffer.from(payload), n = body.length;
    const head = Buffer.alloc(n < 126 ? 2 : n < 65536 ? 4 : 10, first);
    head[1] = n < 126 ? n : n < 65536 ? 126 : 127;
    if (head.length === 4)
        head.writeUInt16BE(n, 2);
    else if (head.length === 10)
        head.writeBigUInt64BE(BigInt(n), 2);
    return Buffer.concat([head, body]);
}

// 1 GiB of zeros in a million bytes: each MiB after the first builds on the zeros before it.
export function bomb() {
    const zeros = Buffer.alloc(MIB), how = { finishFlush: zlib.Z_SYNC_FLUSH };
    const first = deflateRawSync(zeros, how);
    const next = deflateRawSync(zeros, { ...how, dictionary: zeros.subarray(0, 32768) });
    return Buffer.concat([first, ...Array(1023).fill(next)]).subarray(0, -4);
}

export async function drip(socket, bytes) {
    for (const byte of bytes) {
        socket.write(Buffer.of(byte));
        await new Promise(resolve => setTimeout(resolve, 2));
    }
}

// As much as is taken, for as long as anyone takes it.
export function flood(socket, bytes) {
    const more = () => {
        while (!socket.destroyed && socket.write(bytes)) { /* until the socket is full */ }
    };
    socket.on('drain', more);
    more();
}

// The same as the body of an answer in gzip, which never ends.
export function gzipBomb() {
    return Buffer.concat([hex('1f8b 08 00 00000000 00 03'), bomb()]);
}

export function openPacket(facts = {}) {
    return '0' + JSON.stringify({
        sid: 'abc', upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1000000, ...facts,
    });
}

const PLAIN = 'text/plain; charset=UTF-8';

// A right answer of HTTP/1.1; `length` and `head` (whole lines) can make it wrong. Without a `type` there is no body.
export function http(body, { status = 200, type = PLAIN, head = '', length, version = '1.1' } = {}) {
    const content = Buffer.from(body);
    return Buffer.concat([
        Buffer.from(`HTTP/${version} ${status} ${STATUS_CODES[status]}\r\n` +
                    (type ? `Content-Type: ${type}\r\n` : '') +
                    (length === null ? '' : `Content-Length: ${length ?? content.length}\r\n`) + head + '\r\n'),
        content,
    ]);
}
