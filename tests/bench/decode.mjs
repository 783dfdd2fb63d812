// node decode.mjs [EVENTS]: the same conversation as decode.c through what an npm client decodes with: the receiver
// of ws, engine.io-parser and socket.io-parser. It prints one number: events a second.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../peers/package.json', import.meta.url));
const client = createRequire(require.resolve('socket.io-client'));
const engine = createRequire(client.resolve('engine.io-client'));
const Receiver = require('ws').Receiver;
const { decodePacket } = engine('engine.io-parser');
const { Decoder } = client('socket.io-parser');

const event = '42["chat message",{"from":"alice","room":"room-42","text":"hello, how are you?","ts":1795269802087}]';
const frame = Buffer.concat([Buffer.from([0x81, event.length]), Buffer.from(event)]);
const perBlock = Math.ceil(65536 / frame.length);
const block = Buffer.concat(Array(perBlock).fill(frame));
const wanted = Number(process.argv[2] ?? 500000);

const decoder = new Decoder();
const receiver = new Receiver({ isServer: false });
let seen = 0;
decoder.on('decoded', () => seen++);
receiver.on('message', (data) => decoder.add(decodePacket(data.toString()).data));

const began = process.hrtime.bigint();
let sent = 0;
const push = () => {
    if (sent >= wanted) {
        receiver.end(() => {
            if (seen !== sent)
                throw new Error(`${sent} events went in, ${seen} came out`);
            console.log(Math.round(seen * 1e9 / Number(process.hrtime.bigint() - began)));
        });
        return;
    }
    sent += perBlock;
    receiver.write(block, push);
};
push();
