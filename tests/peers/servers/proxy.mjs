// A proxy: HTTP CONNECT (RFC 9110 §9.3.6), or with --socks SOCKS5 (RFC 1928).
//   node proxy.mjs [--auth USER:PASSWORD] [--socks]
//                  [--to PORT]      every tunnel ends at this port of 127.0.0.1, whatever was asked for
//                  [--status N]     no tunnel: this HTTP status
//                  [--silent]       takes connections and says nothing
import http from 'node:http';
import net from 'node:net';
import { flags, listen, say } from './common.mjs';

const { values: v } = flags({
    auth: { type: 'string' }, socks: { type: 'boolean' }, to: { type: 'string' },
    status: { type: 'string' }, silent: { type: 'boolean' },
});

// Tells of the tunnel, and joins its ends until one of them goes.
function open(client, host, port, answer) {
    const server = net.connect(v.to ? { host: '127.0.0.1', port: Number(v.to) } : { host, port });
    say({ tunnel: `${host}:${port}` });
    server.on('connect', () => {
        answer(null);
        server.pipe(client).pipe(server);
    });
    server.on('error', error => server.connecting || server.pending ? answer(error) : client.destroy());
    server.on('close', () => client.end());
    client.on('error', () => server.destroy());
    client.on('close', () => server.destroy());
}

function refuse(socket, status, header = '') {
    say({ refused: status });
    socket.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\n${header}Content-Length: 0\r\n\r\n`);
}

function isAllowed(credentials) {
    return !v.auth || credentials === `Basic ${Buffer.from(v.auth).toString('base64')}`;
}

function connectProxy() {
    const proxy = http.createServer((request, response) => {
        say({ plain: request.url });
        response.writeHead(400).end('CONNECT only\n');
    });
    proxy.on('connect', (request, socket) => {
        const at = request.url.lastIndexOf(':');
        socket.on('error', () => {});
        if (v.status)
            refuse(socket, Number(v.status));
        else if (!isAllowed(request.headers['proxy-authorization']))
            refuse(socket, 407, 'Proxy-Authenticate: Basic realm="tests"\r\n');
        else
            open(socket, request.url.slice(0, at).replace(/^\[|\]$/g, ''), Number(request.url.slice(at + 1)),
                 error => error ? refuse(socket, 502) : socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    });
    return proxy;
}

// Bytes in the order in which they are asked for, however they come.
async function* reader(socket) {
    let had = Buffer.alloc(0), n = yield;
    for await (const part of socket.iterator({ destroyOnReturn: false })) {
        had = Buffer.concat([had, part]);
        while (had.length >= n) {
            const part = had.subarray(0, n);
            had = had.subarray(n);
            n = yield part;
        }
    }
}

async function socks(socket) {
    const bytes = reader(socket);
    const take = async n => {
        const { value } = await bytes.next(n);
        if (!value)
            throw new Error('the client went');
        return value;
    };
    await bytes.next();
    await take((await take(2))[1]);
    socket.write(Buffer.from([5, v.auth ? 2 : 0]));
    if (v.auth) {
        const user = await take((await take(2))[1]), password = await take((await take(1))[0]);
        const fits = `${user}:${password}` === v.auth;
        socket.write(Buffer.from([1, fits ? 0 : 1]));
        if (!fits)
            return socket.end();
    }
    const kind = (await take(4))[3];
    const raw = await take(kind === 3 ? (await take(1))[0] : kind === 4 ? 16 : 4);
    const port = (await take(2)).readUInt16BE();
    const host = kind === 3 ? raw.toString() : kind === 1 ? raw.join('.')
        : raw.toString('hex').match(/.{4}/g).join(':');
    await bytes.return();
    open(socket, host, port, error => {
        socket.write(Buffer.from([5, error ? 5 : 0, 0, 1, 0, 0, 0, 0, 0, 0]));
        if (error)
            socket.end();
    });
}

if (v.silent)
    listen(net.createServer(socket => socket.on('error', () => {})));
else if (v.socks)
    listen(net.createServer(socket => {
        socket.on('error', () => {});
        socks(socket).catch(() => socket.destroy());
    }));
else
    listen(connectProxy());
