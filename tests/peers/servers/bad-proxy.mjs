// A CONNECT proxy with odd manners; the one with good ones is proxy.mjs. Each host is 127.0.0.1, whatever it is called.
//   node bad-proxy.mjs [--user NAME:PASSWORD]      407 with a page to those who do not send it; the line stays
//     --close-after-407  … or it does not
//     --cut              closes instead of an answer
//     --half             half the head of a 200, then nothing
//     --page N           this status with a page of HTML
//     --close-after N    the tunnel is cut after N bytes from the target
//     --old              the 200 is of HTTP/1.0, with a header more
//     --cert F --key F   TLS between client and proxy
// Printed: {"connect": "HOST:PORT", "authorization", "headers"}, {"tunnel": "HOST:PORT"} where it stands,
// {"closed": "HOST:PORT", "sent", "received"} (bytes, as the client sees it).
import net from 'node:net';
import { STATUS_CODES } from 'node:http';
import { flags, listen, say, webServer, words } from './common.mjs';

const { values: v } = flags(words('user= close-after-407 cut half page= close-after= old cert= key='));

function refuse(socket, status, extra = '', last = true) {
    const page = `<h1>${status} ${STATUS_CODES[status]}</h1>`;
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: text/html\r\n${extra}` +
                 `Content-Length: ${page.length}\r\n${last ? 'Connection: close\r\n' : ''}\r\n${page}`);
    if (last)
        socket.end();
}

function tunnel(socket, head, url) {
    const { port } = new URL(`http://${url}`);
    const target = net.connect(Number(port || 80), '127.0.0.1');
    let stands = false;
    target.on('error', () => stands ? socket.destroy() : refuse(socket, 502));
    target.on('connect', () => {
        stands = true;
        say({ tunnel: url });
        socket.write(v.old ? 'HTTP/1.0 200 Connection established\r\nProxy-Agent: old/1.0\r\n\r\n'
            : 'HTTP/1.1 200 OK\r\n\r\n');
        target.write(head);
        socket.pipe(target);
        target.pipe(socket);
    });
    if (v['close-after'])
        target.on('data', () => target.bytesRead >= Number(v['close-after']) && socket.destroy());
    socket.on('close', () => {
        target.destroy();
        say({ closed: url, sent: target.bytesWritten, received: target.bytesRead });
    });
}

const wanted = v.user && 'Basic ' + Buffer.from(v.user).toString('base64');

function onConnect({ url, headers }, socket, head) {
    const authorization = headers['proxy-authorization'];
    socket.on('error', () => socket.destroy());
    say({ connect: url, authorization, headers });
    if (v.cut)
        socket.end();
    else if (v.half)
        socket.write('HTTP/1.1 200 OK\r\nProxy-Ag');
    else if (v.page)
        refuse(socket, Number(v.page));
    else if (wanted && authorization !== wanted)
        again(socket, head);
    else
        tunnel(socket, head, url);
}

// Node gives the line away at CONNECT, so that a second try on it is put back by hand.
function again(socket, head) {
    refuse(socket, 407, 'Proxy-Authenticate: Basic realm="proxy", charset="UTF-8"\r\n', v['close-after-407'] === true);
    socket.unshift(head);
    proxy.emit(v.cert ? 'secureConnection' : 'connection', socket);
}

const proxy = webServer(v);
proxy.on('connect', onConnect);
proxy.on('request', (request, response) => refuse(response.socket, 405));
listen(proxy);
