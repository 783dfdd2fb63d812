// The npm client of engine.io, revision 4 or 3, against a server that echoes text and binary.
//   node engine.mjs URL [--revision 4|3] [--transport polling]… [--upgrade] [--own-close]
// --upgrade: it must come, and echo too. servers/engineio.mjs closes at the word "close"; others echo that: --own-close.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { assert, finish, once, step } from './tap.mjs';

const { values: v, positionals: [url] } = parseArgs({
    allowPositionals: true,
    options: {
        revision: { type: 'string', default: '4' }, upgrade: { type: 'boolean' },
        'own-close': { type: 'boolean' },
        transport: { type: 'string', multiple: true, default: ['polling', 'websocket'] },
    },
});
const require = createRequire(import.meta.url);
const options = { transports: v.transport, upgrade: v.upgrade === true };
const socket = v.revision === '3' ? require('engine.io-client-3')(url, options)
    : new (require('engine.io-client').Socket)(url, options);
const upgraded = once(socket, 'upgrade');

async function echo(message) {
    const back = once(socket, 'message');
    socket.send(message);
    const [answer] = await back;
    assert.deepEqual(Buffer.from(answer).toString('hex'), Buffer.from(message).toString('hex'));
    assert.equal(typeof answer === 'string', typeof message === 'string');
}

await step('open', () => Promise.race([once(socket, 'open'), once(socket, 'error').then(([e]) => { throw e; })]));
if (v.upgrade)
    await step('upgrade', () => upgraded);
await step('text', () => echo('grüße ☃'));
await step('binary', () => echo(Buffer.from([0, 1, 254, 255])));
await step('close', async () => {
    const closed = once(socket, 'close');
    if (v['own-close'])
        socket.close();
    else
        socket.send('close');
    await closed;
});
finish();
