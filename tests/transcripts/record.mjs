// Records what the npm packages of tests/peers say to each other: node record.mjs [NAME…]
// A proxy stands between a server of tests/peers/servers and a client; each TCP connection becomes a
// file of its own, NAME.txt or NAME-1.txt, NAME-2.txt…; README.md says how to read one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Agent } from 'node:http';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const peers = join(here, '..', 'peers');
const require = createRequire(join(peers, 'package.json'));
const { io } = require('socket.io-client');
const io2 = require('socket.io-client-2');
const { io: io3 } = require('socket.io-client-3');
const { WebSocket } = require('ws');
// An alias stands for another package; not every one lets its package.json be required.
function version(alias) {
    const { name, version: number } = JSON.parse(readFileSync(join(peers, 'node_modules', alias, 'package.json')));
    return `${name} ${number}`;
}

const SIO = [version('socket.io'), version('socket.io-client')].join(', ');
const SIO2 = [version('socket.io-2'), version('socket.io-client-2')].join(', ');
const SIO3 = [version('socket.io-3'), version('socket.io-client-3')].join(', ');
const RAW2 = version('socket.io-2');
const MSGPACK = version('socket.io-msgpack-parser');
const WS = version('ws');
// As a browser polls: a held GET and a POST at most, each on a connection that is kept.
const kept = { agent: new Agent({ keepAlive: true, maxSockets: 2 }) };
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const hear = (emitter, name) => new Promise(resolve => emitter.once(name, (...args) => resolve(args)));

async function startServer(script, ...args) {
    const child = spawn('node', [join(peers, 'servers', script), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = await once(createInterface(child.stdout), 'line');
    return { child, port: JSON.parse(line).listening };
}

function startProxy(port) {
    const links = [], start = process.hrtime.bigint();
    const usec = () => (process.hrtime.bigint() - start) / 1000n;
    const proxy = net.createServer({ noDelay: true }, client => {
        const lines = [], server = net.connect({ port, host: '127.0.0.1', noDelay: true });
        links.push(lines);
        for (const [mark, from, to] of [['>', client, server], ['<', server, client]]) {
            from.on('data', data => { lines.push(`${mark} ${usec()} ${data.toString('hex')}`); to.write(data); });
            from.on('end', () => { lines.push(`${mark} ${usec()}`); to.end(); });
            from.on('error', () => { lines.push(`${mark} ${usec()} reset`); to.destroy(); });
        }
    });
    proxy.listen(0, '127.0.0.1');
    return once(proxy, 'listening').then(() => ({ proxy, links, port: proxy.address().port }));
}

function sio(port, namespace = '/', options = {}) {
    return io(`http://127.0.0.1:${port}${namespace}`,
              { transports: ['websocket'], reconnection: false, forceNew: false, ...options });
}

async function wsOpen(port, options = {}) {
    const ws = new WebSocket(`ws://127.0.0.1:${port}/echo`, { perMessageDeflate: false, ...options });
    ws.on('error', () => {});
    await hear(ws, 'open');
    return ws;
}

async function echo(ws, message) {
    const back = hear(ws, 'message');
    ws.send(message);
    return back;
}

async function visit(port, options) {
    const root = sio(port, '/', options);
    await hear(root, 'connect');
    const back = hear(root, 'greeting');
    root.emit('greeting', 'grüße ☃ 🎉', 1, -0.5, 1e300, true, null, { b: 1, a: [[]] });
    await back;
    await root.emitWithAck('value', 'asked', { n: 1 });
    await root.emitWithAck('join', 'tea');
    root.on('question', (...args) => args.pop()('answer', ...args));
    const answered = hear(root, 'answered');
    root.emit('ask', 'are you there');
    await answered;
    const file = hear(root, 'file');
    root.emit('file', Buffer.from('one'), { name: 'two', data: Buffer.from([0, 255, 128]) });
    await file;
    await root.emitWithAck('store', Buffer.alloc(200, 7));
    return root;
}

const answer = (socket, ...args) => new Promise(resolve => socket.emit(...args, resolve));

// The same for clients of old, which have no promises.
async function visitOld(root) {
    await hear(root, 'connect');
    const back = hear(root, 'echo');
    root.emit('echo', 'grüße ☃ 🎉', 1, -0.5, 1e300, true, null, { b: 1, a: [[]] });
    await back;
    await answer(root, 'value', 'asked', { n: 1 });
    root.on('question', (...args) => args.pop()('answer', ...args));
    const answered = hear(root, 'answered');
    root.emit('ask', 'are you there 🎉');
    await answered;
    const file = hear(root, 'file');
    root.emit('file', Buffer.from('one'), { name: 'two', data: Buffer.from([0, 255, 128]) });
    await file;
    await answer(root, 'store', Buffer.alloc(20, 7));
}

// Long-polling by hand: what no package of today would send, at least not from node.
function polling(port, query) {
    const url = `http://127.0.0.1:${port}/socket.io/?transport=polling${query}`;
    const get = async sid => Buffer.from(await (await fetch(url + (sid ? `&sid=${sid}` : ''))).arrayBuffer());
    const post = async (sid, body, type = 'text/plain;charset=UTF-8') =>
        (await fetch(`${url}&sid=${sid}`, { method: 'POST', body, headers: { 'content-type': type } })).text();
    return { get, post };
}

const sidIn = text => /sid\\?":\\?"([^"\\]+)/.exec(text)[1];

// A binary payload: 0 for text or 1, the digits of the length as octets, 255.
const octets = (binary, data) => Buffer.concat([
    Buffer.from([binary, ...String(data.length)].map(Number)), Buffer.from([255]), Buffer.from(data)]);

// Raw text to an Engine.IO server, as a client that goes wrong.
async function rawEngine(port) {
    const ws = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, { perMessageDeflate: false });
    ws.on('error', () => {});
    await hear(ws, 'message');
    ws.send('40');
    await hear(ws, 'message');
    return ws;
}

const scenarios = {
    'sio4-websocket': { with: SIO, server: ['socketio.mjs'], async run(port) {
        const root = await visit(port);
        const chat = sio(port, '/chat');
        await hear(chat, 'connect');
        await chat.emitWithAck('value', 'in a namespace');
        const locked = sio(port, '/secure');
        await hear(locked, 'connect_error');
        locked.auth = { token: 'a "secret"' };
        locked.connect();
        await hear(locked, 'connect');
        const nowhere = sio(port, '/nowhere');
        await hear(nowhere, 'connect_error');
        chat.disconnect();
        const gone = hear(locked, 'disconnect');
        locked.emit('bye');
        await gone;
        root.disconnect();
    } },
    // What JSON cannot say, both ways, beside what it can.
    'sio4-msgpack': { with: `${SIO}, ${MSGPACK}`, server: ['socketio.mjs', '--msgpack'], async run(port) {
        const parser = require('socket.io-msgpack-parser');
        const root = await visit(port, { parser });
        await root.emitWithAck('value', new Date(1795270095379), undefined, { at: new Date(-1) }, [Buffer.alloc(3), new Uint8Array(2).buffer]);
        await root.emitWithAck('value', -1, 255, 65536, -2147483649, 9007199254740991, 0.1, NaN, -Infinity, '\u0000"');
        const chat = sio(port, '/chat', { parser });
        await hear(chat, 'connect');
        await chat.emitWithAck('binary', 300);
        await hear(sio(port, '/nowhere', { parser }), 'connect_error');
        const locked = sio(port, '/secure', { parser, auth: { token: 'a "secret"' } });
        await hear(locked, 'connect');
        chat.disconnect();
        const gone = hear(locked, 'disconnect');
        locked.emit('bye');
        await gone;
        root.disconnect();
    } },
    'sio4-msgpack-polling-upgrade': { with: `${SIO}, ${MSGPACK}`, server: ['socketio.mjs', '--msgpack'], async run(port) {
        const parser = require('socket.io-msgpack-parser');
        const root = sio(port, '/', { parser, transports: ['polling', 'websocket'], ...kept });
        const upgraded = new Promise(resolve => root.io.once('open', () => root.io.engine.once('upgrade', resolve)));
        await hear(root, 'connect');
        root.emit('early', 1, Buffer.from('before or in the upgrade'));
        await upgraded;
        await root.emitWithAck('value', 'after the upgrade');
        root.disconnect();
    } },
    'sio4-polling-upgrade': { with: SIO, server: ['socketio.mjs'], async run(port) {
        const root = sio(port, '/', { transports: ['polling', 'websocket'], ...kept });
        const upgraded = new Promise(resolve => root.io.once('open', () => root.io.engine.once('upgrade', resolve)));
        await hear(root, 'connect');
        root.emit('early', 1, Buffer.from('before or in the upgrade'));
        await upgraded;
        await root.emitWithAck('value', 'after the upgrade');
        root.disconnect();
    } },
    'sio4-polling': { with: SIO, server: ['socketio.mjs', '--polling-only'], async run(port) {
        const root = await visit(port, { transports: ['polling'], ...kept });
        for (let n = 0; n < 5; n++)
            root.emit('burst', n, '☃\u001d');
        await root.emitWithAck('sync');
        root.disconnect();
    } },
    'sio4-deflate': { with: SIO, server: ['socketio.mjs', '--deflate'], async run(port) {
        const root = await visit(port, { perMessageDeflate: { threshold: 0 } });
        for (let n = 0; n < 3; n++)
            await root.emitWithAck('value', 'again and again '.repeat(20), n);
        root.disconnect();
    } },
    'sio4-polling-gzip': { with: version('socket.io'), server: ['socketio.mjs', '--polling-only'], async run(port) {
        const { get, post } = polling(port, '&EIO=4'); // fetch() asks for gzip
        const sid = sidIn(await get());
        await post(sid, '40');
        await get(sid);
        await post(sid, `42["echo","${'again and again 🎉 '.repeat(100)}"]`);
        await get(sid);
        await post(sid, '1');
    } },
    'sio4-eio3': { with: [version('socket.io'), version('socket.io-client-2')].join(', '),
        server: ['socketio.mjs', '--eio3'], async run(port) {
            const root = io2(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false, forceNew: true });
            await visitOld(root);
            root.disconnect();
        } },
    'sio2-websocket': { with: SIO2, server: ['socketio.mjs', '--version', '2'], async run(port) {
        const to = (namespace, options = {}) =>
            io2(`http://127.0.0.1:${port}${namespace}`, { transports: ['websocket'], reconnection: false, ...options });
        const root = to('/');
        await visitOld(root);
        const chat = to('/chat?token=1&name=ü');
        await hear(chat, 'connect');
        await answer(chat, 'value', 'in a namespace');
        await hear(to('/secure'), 'error');
        await hear(to('/nowhere'), 'error');
        chat.disconnect();
        await answer(root, 'value', 'alone');
        root.disconnect();
    } },
    'sio2-msgpack': { with: `${SIO2}, ${version('socket.io-msgpack-parser-2')}`,
        server: ['socketio.mjs', '--version', '2', '--msgpack'], async run(port) {
            const parser = require('socket.io-msgpack-parser-2');
            const to = namespace =>
                io2(`http://127.0.0.1:${port}${namespace}`, { transports: ['websocket'], reconnection: false, parser });
            const root = to('/');
            await visitOld(root);
            const chat = to('/chat?token=1');
            await hear(chat, 'connect');
            await answer(chat, 'value', 'in a namespace', Buffer.from('with octets'));
            await hear(to('/nowhere'), 'error');
            chat.disconnect();
            await answer(root, 'value', new Date(0));
            root.disconnect();
        } },
    'sio2-refused': { with: SIO2, server: ['socketio.mjs', '--version', '2', '--reject', 'not "you"'], async run(port) {
        const root = io2(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false, forceNew: true });
        await hear(root, 'error');
        root.close();
    } },
    'sio2-heartbeat': { with: SIO2, server: ['socketio.mjs', '--version', '2', '--ping-interval', '100'], async run(port) {
        const root = io2(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false, forceNew: true });
        await hear(root, 'connect');
        await pause(350);
        root.disconnect();
    } },
    'sio2-polling': { with: SIO2, server: ['socketio.mjs', '--version', '2', '--polling-only'], async run(port) {
        const root = io2(`http://127.0.0.1:${port}`,
                         { transports: ['polling'], reconnection: false, forceNew: true, ...kept });
        await visitOld(root);
        for (let n = 0; n < 5; n++)
            root.emit('echo', n, '🎉☃');
        await answer(root, 'value');
        root.disconnect();
    } },
    'sio2-polling-binary': { with: RAW2, server: ['socketio.mjs', '--version', '2', '--polling-only'], async run(port) {
        const { get, post } = polling(port, '&EIO=3');
        const sid = sidIn(await get());
        await post(sid, '15:42["echo","🎉"]');
        await get(sid);
        const text = '451-["file",{"_placeholder":true,"num":0}]';
        await post(sid, Buffer.concat([octets(0, text), octets(1, [4, 0, 255, 0x3a])]), 'application/octet-stream');
        await get(sid);
        await post(sid, '1:2');
        await get(sid);
        await post(sid, '1:1');
    } },
    'sio2-polling-wrong-length': { with: RAW2, server: ['socketio.mjs', '--version', '2', '--polling-only'], async run(port) {
        const { get, post } = polling(port, '&EIO=3');
        const sid = sidIn(await get());
        await post(sid, '13:42["echo","🎉"]'); // as if the emoji were one unit, and the end were not counted
        await get(sid);
    } },
    'sio2-polling-jsonp': { with: RAW2, server: ['socketio.mjs', '--version', '2', '--polling-only'], async run(port) {
        const { get, post } = polling(port, '&EIO=3&j=7');
        const sid = sidIn((await get()).toString());
        const form = text => // with \n escaped as a form has to
            [sid, new URLSearchParams({ d: `${text.length}:${text.replace('\\n', '\\\\n')}` }).toString(),
             'application/x-www-form-urlencoded'];
        await post(...form('42["echo","\u2028 a\\nb"]'));
        await get(sid);
        await post(...form('1'));
    } },
    'sio2-polling-gzip': { with: RAW2, server: ['socketio.mjs', '--version', '2', '--polling-only'], async run(port) {
        const { get, post } = polling(port, '&EIO=3&b64=1');
        const sid = sidIn(await get());
        const packet = `42["echo","${'again and again 🎉 '.repeat(100)}"]`;
        await post(sid, `${packet.length}:${packet}`);
        await get(sid);
        await post(sid, '1:1');
    } },
    'sio2-asked-for-4': { with: RAW2, server: ['socketio.mjs', '--version', '2'], async run(port) {
        const { get, post } = polling(port, '&EIO=4');
        const sid = sidIn(await get());
        await post(sid, '1:1');
        const ws = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, { perMessageDeflate: false });
        await hear(ws, 'message');
        ws.send('2');
        await hear(ws, 'message');
        await pause(50);
        ws.close();
    } },
    'sio2-polling-upgrade': { with: SIO2, server: ['socketio.mjs', '--version', '2'], async run(port) {
        const root = io2(`http://127.0.0.1:${port}`, { reconnection: false, forceNew: true, ...kept });
        const upgraded = new Promise(resolve => root.io.once('open', () => root.io.engine.once('upgrade', resolve)));
        await hear(root, 'connect');
        root.emit('early', 1, Buffer.from('before or in the upgrade'));
        await upgraded;
        await answer(root, 'value', 'after the upgrade');
        root.disconnect();
    } },
    'sio3-polling': { with: SIO3, server: ['socketio.mjs', '--version', '3', '--polling-only'], async run(port) {
        const root = io3(`http://127.0.0.1:${port}`, { transports: ['polling'], reconnection: false, ...kept });
        await visitOld(root);
        root.disconnect();
    } },
    'sio4-server-disconnects': { with: SIO, server: ['socketio.mjs'], async run(port) {
        const root = sio(port);
        await hear(root, 'connect');
        const gone = hear(root, 'disconnect');
        root.emit('bye', true);
        await gone;
    } },
    'eio4-client-closes': { with: SIO, server: ['socketio.mjs'], async run(port) {
        const root = sio(port);
        await hear(root, 'connect');
        root.io.engine.close();
    } },
    'eio4-heartbeat': { with: SIO, server: ['socketio.mjs', '--ping-interval', '100'], async run(port) {
        const root = sio(port);
        await hear(root, 'connect');
        await pause(350);
        root.disconnect();
    } },
    'eio4-ping-timeout': { with: SIO, server: ['socketio.mjs', '--ping-interval', '100', '--ping-timeout', '100'],
        run: async port => { await hear(await rawEngine(port), 'close'); } },
    'eio4-parse-error': { with: SIO, server: ['socketio.mjs'], async run(port) {
        const ws = await rawEngine(port);
        ws.send('42{"not":"an array"}');
        await hear(ws, 'close');
    } },
    'eio4-unknown-packet': { with: SIO, server: ['socketio.mjs'], async run(port) {
        const ws = await rawEngine(port);
        ws.send('9what');
        await hear(ws, 'close');
    } },
    'eio4-too-large': { with: SIO, server: ['socketio.mjs', '--max-payload', '1000'], async run(port) {
        const ws = await rawEngine(port);
        ws.send('42["big","' + 'x'.repeat(2000) + '"]');
        await hear(ws, 'close');
    } },
    'eio4-cut': { with: SIO, server: ['socketio.mjs'], async run(port) {
        const ws = await rawEngine(port);
        ws.terminate();
    } },
    'eio4-refused': { with: SIO, server: ['socketio.mjs'], async run(port) {
        for (const query of ['EIO=4&transport=smoke', 'EIO=4&transport=polling&sid=unknown', 'EIO=3&transport=polling',
                             'EIO=4&transport=websocket'])
            await (await fetch(`http://127.0.0.1:${port}/socket.io/?${query}`)).text();
        const ws = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket&sid=unknown`);
        await hear(ws, 'error');
    } },
    'ws-echo': { with: WS, server: ['ws.mjs'], async run(port) {
        const ws = await wsOpen(port);
        for (const size of [0, 1, 125, 126, 2000])
            await echo(ws, Buffer.alloc(size, 0x61));
        await echo(ws, 'grüße ☃ 🎉');
        ws.ping('are you there');
        await hear(ws, 'pong');
        ws.close(4001, 'had enough ☃');
        await hear(ws, 'close');
    } },
    'ws-deflate': { with: WS, server: ['ws.mjs', '--deflate'], async run(port) {
        const ws = await wsOpen(port, { perMessageDeflate: { threshold: 0 } });
        for (const message of ['first', 'again and again', 'again and again', '', 'a'.repeat(5000), Buffer.alloc(500, 3)])
            await echo(ws, message);
        ws.send('as it is', { compress: false });
        await hear(ws, 'message');
        await echo(ws, 'again and again');
        ws.close(1000);
        await hear(ws, 'close');
    } },
    'ws-deflate-no-takeover': { with: WS, server: ['ws.mjs', '--deflate'], async run(port) {
        const perMessageDeflate = { threshold: 0, clientNoContextTakeover: true, serverNoContextTakeover: true,
                                    clientMaxWindowBits: 10, serverMaxWindowBits: 9 };
        const ws = await wsOpen(port, { perMessageDeflate });
        for (let n = 0; n < 3; n++)
            await echo(ws, 'again and again '.repeat(50));
        ws.close(1000);
        await hear(ws, 'close');
    } },
    'ws-fragments': { with: WS, server: ['ws.mjs', '--fragment'], async run(port) {
        const ws = await wsOpen(port);
        await echo(ws, 'one two three ☃☃☃');
        const back = hear(ws, 'message');
        ws.send(Buffer.from('bin'), { fin: false, binary: true });
        ws.ping('mine');
        ws.send(Buffer.from('ary'), { fin: true });
        await back;
        await pause(50);
        ws.close();
        await hear(ws, 'close');
    } },
    'ws-deflate-fragments': { with: WS, server: ['ws.mjs', '--deflate', '--fragment'], async run(port) {
        const ws = await wsOpen(port, { perMessageDeflate: { threshold: 0 } });
        for (let n = 0; n < 2; n++)
            await echo(ws, 'again and again '.repeat(30));
        ws.close();
        await hear(ws, 'close');
    } },
    'ws-cut': { with: WS, server: ['ws.mjs', '--terminate'], async run(port) {
        const ws = await wsOpen(port);
        ws.send('cut me off');
        await hear(ws, 'close');
    } },
    ...Object.fromEntries([['404', []], ['426', []], ['302', ['--location', '/elsewhere']]].map(([status, more]) =>
        [`ws-refused-${status}`, { with: WS, server: ['ws.mjs', '--status', status, ...more], async run(port) {
            await hear(new WebSocket(`ws://127.0.0.1:${port}/echo`, { perMessageDeflate: false }), 'error');
        } }])),
};

async function record(name) {
    const { with: packages, server, run } = scenarios[name];
    const { child, port } = await startServer(...server);
    const { proxy, links, port: at } = await startProxy(port);
    await run(at);
    await pause(200);
    proxy.close();
    child.kill();
    for (const old of readdirSync(here))
        if (old === `${name}.txt` || (old.startsWith(`${name}-`) && /^\d+\.txt$/.test(old.slice(name.length + 1))))
            rmSync(join(here, old));
    links.forEach((lines, index) => {
        const file = links.length > 1 ? `${name}-${index + 1}.txt` : `${name}.txt`;
        writeFileSync(join(here, file), `# ${packages}; server: ${server.join(' ')}\n${lines.join('\n')}\n`);
    });
    console.log(`${name}: ${links.map(lines => lines.length).join(' + ')} chunks`);
}

for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(scenarios))
    await record(name);
process.exit(0);
