// A WebSocket server that echoes every message, and knows some other manners.
//   node ws.mjs [--cert F --key F] [--deflate] [--subprotocol NAME] [--path /only/here]
//               [--close CODE [--reason TEXT] | --terminate]   after the first message
//               [--fragment]      each echo in three frames with a ping between them
//               [--refuse-plain]  426 to a request that is no upgrade, as ws does by itself; else silence
//               [--status N [--location URL]]   no upgrade: plain HTTP, this status
import { STATUS_CODES } from 'node:http';
import { WebSocketServer } from 'ws';
import { flags, listen, say, webServer } from './common.mjs';

const { values: v } = flags({
    cert: { type: 'string' }, key: { type: 'string' },
    deflate: { type: 'boolean' }, subprotocol: { type: 'string' }, path: { type: 'string' },
    close: { type: 'string' }, reason: { type: 'string', default: '' },
    terminate: { type: 'boolean' }, fragment: { type: 'boolean' }, 'refuse-plain': { type: 'boolean' },
    status: { type: 'string' }, location: { type: 'string' },
});

function refuse(socket, status) {
    const body = `${status} ${STATUS_CODES[status]}\n`;
    const extra = status === 426 ? 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
        : v.location ? `Location: ${v.location}\r\n` : '';
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: text/plain\r\n` +
               `Content-Length: ${body.length}\r\nConnection: close\r\n${extra}\r\n${body}`);
}

function inFragments(ws, data, binary) {
    const third = Math.ceil(data.length / 3);
    ws.send(data.subarray(0, third), { binary, fin: false });
    ws.ping('between');
    ws.send(data.subarray(third, 2 * third), { binary, fin: false });
    ws.ping();
    ws.send(data.subarray(2 * third), { binary, fin: true });
}

const web = webServer(v);
if (v.status) {
    web.on('upgrade', (request, socket) => refuse(socket, Number(v.status)));
    web.on('request', (request, response) => refuse(response.socket, Number(v.status)));
} else {
    const wss = new WebSocketServer({
        server: web, path: v.path, maxPayload: 64 << 20,
        perMessageDeflate: v.deflate ? { threshold: 0 } : false,
        handleProtocols: offered => offered.has(v.subprotocol) ? v.subprotocol : false,
    });
    if (v['refuse-plain'])
        web.on('request', (request, response) => refuse(response.socket, 426));
    wss.on('connection', (ws, request) => {
        say({ connected: request.url, protocol: ws.protocol, extensions: ws.extensions });
        ws.on('error', error => say({ error: error.message }));
        ws.on('pong', data => say({ pong: data.toString() }));
        ws.on('close', (code, reason) => say({ closed: code, reason: reason.toString() }));
        ws.on('message', (data, binary) => {
            if (v.terminate)
                ws.terminate();
            else if (v.close)
                ws.close(Number(v.close), v.reason);
            else if (v.fragment)
                inFragments(ws, data, binary);
            else
                ws.send(data, { binary });
        });
    });
}
listen(web);
