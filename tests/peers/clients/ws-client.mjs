// The npm ws client against a host that echoes: node ws-client.mjs URL [--insecure] [--deflate: only that]
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { assert, finish, once, step } from './tap.mjs';

const { values, positionals: [url] } = parseArgs({
    allowPositionals: true, options: { insecure: { type: 'boolean' }, deflate: { type: 'boolean' } },
});

async function open(options = {}) {
    const ws = new WebSocket(url, options.protocols ?? [], {
        perMessageDeflate: false, rejectUnauthorized: !values.insecure, maxPayload: 64 << 20, ...options,
    });
    await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
    return ws;
}

async function echoes(ws, message) {
    const back = once(ws, 'message');
    ws.send(message);
    const [data, binary] = await back;
    assert.equal(binary, typeof message !== 'string');
    assert.ok(Buffer.from(message).equals(data), `${data.length} other bytes came back`);
}

async function plain() {
    const ws = await open();
    for (const text of ['', 'hello', 'ünïcode ☃ 🎉', 'a'.repeat(125), 'b'.repeat(126), 'c'.repeat(65535), 'd'.repeat(65536)])
        await step(`text of ${text.length}`, () => echoes(ws, text));
    for (const size of [0, 1, 126, 65536, 1 << 20, 8 << 20])
        await step(`binary of ${size} bytes`, () => echoes(ws, Buffer.alloc(size, 0xa5)));
    await step('a message in three fragments, a ping between them', async () => {
        const back = once(ws, 'message'), pong = once(ws, 'pong');
        ws.send('one ', { fin: false });
        ws.ping('between');
        ws.send('two ', { fin: false });
        ws.send('three', { fin: true });
        assert.equal((await pong)[0].toString(), 'between');
        assert.equal((await back)[0].toString(), 'one two three');
    });
    await step('a letter cut between fragments', async () => {
        const back = once(ws, 'message'), snow = Buffer.from('☃');
        ws.send(snow.subarray(0, 1), { fin: false, binary: false });
        ws.send(snow.subarray(1), { fin: true, binary: false });
        assert.equal((await back)[0].toString(), '☃');
    });
    for (const data of ['', 'p'.repeat(125)])
        await step(`pong answers a ping of ${data.length}`, async () => {
            const pong = once(ws, 'pong');
            ws.ping(data);
            assert.equal((await pong)[0].toString(), data);
        });
    await step('200 messages keep their order', async () => {
        const seen = [];
        const all = new Promise(resolve => ws.on('message', data => seen.push(Number(data)) === 200 && resolve()));
        for (let n = 0; n < 200; n++)
            ws.send(String(n));
        await all;
        assert.deepEqual(seen, [...Array(200).keys()]);
        ws.removeAllListeners('message');
    });
    await step('close 4001 with a reason comes back', async () => {
        const closed = once(ws, 'close');
        ws.close(4001, 'had enough ☃');
        const [code, reason] = await closed;
        assert.equal(code, 4001);
        assert.ok(['had enough ☃', ''].includes(reason.toString()));
    });
}

async function closes() {
    for (const [code, want] of [[1000, 1000], [undefined, 1005], [3000, 3000]])
        await step(`close with ${code ?? 'no code'}`, async () => {
            const ws = await open(), closed = once(ws, 'close');
            ws.close(code);
            assert.equal((await closed)[0], want);
        });
    await step('bad UTF-8 is closed with 1007', async () => {
        const ws = await open(), closed = once(ws, 'close');
        ws.on('error', () => {});
        ws.send(Buffer.from([0xce, 0xba, 0xff]), { binary: false });
        assert.equal((await closed)[0], 1007);
    });
    await step('a reserved opcode is closed with 1002', async () => {
        const ws = await open(), closed = once(ws, 'close');
        ws.on('error', () => {});
        ws._socket.write(Buffer.from('838001020304', 'hex'));
        assert.equal((await closed)[0], 1002);
    });
}

async function deflate() {
    const ws = await open({ perMessageDeflate: { threshold: 0 } });
    await step('permessage-deflate is agreed', async () => assert.match(ws.extensions, /permessage-deflate/));
    for (const text of ['', 'short', 'again and '.repeat(1000), 'again and '.repeat(1000)])
        await step(`compressed text of ${text.length}`, () => echoes(ws, text));
    await step('compressed binary of 1 MiB', () => echoes(ws, Buffer.alloc(1 << 20, 'sockeye')));
    await step('an uncompressed message between', async () => {
        const back = once(ws, 'message');
        ws.send('as it is', { compress: false });
        assert.equal((await back)[0].toString(), 'as it is');
    });
    ws.close();
}

for (const part of values.deflate ? [deflate] : [plain, closes, deflate])
    try {
        await part();
    } catch (error) {
        await step(`${part.name}: connect`, async () => { throw error; });
    }
finish();
