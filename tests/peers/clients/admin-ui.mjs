// The page of @socket.io/admin-ui in Chromium, looking at a host and acting on it.
//   node admin-ui.mjs PAGE HOST              its steps, one TAP line each
//     --map PORT                             the page's host name is at this port of ours
//     --refused                              a page of this origin gets nothing
//     --shots FOLDER                         pictures of what there is to see
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from '../browser.mjs';
import { assert, finish, once, step as shortStep } from './tap.mjs';

const { values: v, positionals: [where, host] } = parseArgs({
    allowPositionals: true,
    options: { map: { type: 'string' }, refused: { type: 'boolean' }, shots: { type: 'string' } },
});
const { io } = createRequire(import.meta.url)('socket.io-client');
const { hostname } = new URL(where);
const browser = await launch(v.map && {
    hosts: `MAP ${hostname} 127.0.0.1:${v.map}`, args: ['--ignore-certificate-errors'],
});
const page = await browser.open(where);
const clients = {};
let broken = false;

// After one that fails the page is not where the next one begins.
const step = async (name, body) => broken || shortStep(name, async () => {
    broken = true;
    await body();
    broken = false;
}, 40000);

const text = JSON.stringify;
const shows = what => page.waitFor(`document.body.innerText.includes(${text(what)})`);
const connected = () => page.waitFor(`[...document.querySelectorAll(".v-chip")].some(c => c.innerText === "CONNECTED")`);
// The row of a table in which something stands, and a button of it by its icon.
const row = what => `[...document.querySelectorAll("tbody tr")].find(tr => tr.innerText.includes(${text(what)}))`;
const button = (what, icon) => `(${row(what)})?.querySelector("i.mdi-${icon}")?.closest("button")`;
const ask = (name, ...event) => new Promise(resolve => clients[name].emit(...event, resolve));
const shot = name => v.shots && page.screenshot(join(v.shots, `admin-${name}.png`));

async function submit(password) {
    const field = n => `document.querySelectorAll("form input")[${n}].closest(".v-input__slot")`;
    for (const [n, value] of [host.replace(/\/$/, ''), 'admin', password].entries()) {
        await page.click(field(n));
        await page.evaluate(`document.querySelectorAll("form input")[${n}].select()`);
        await page.type(value);
    }
    await page.click('form button[type=submit]');
}

async function go(name) {
    await page.click(`document.querySelector('nav a[href="#/${name}"]')`);
    await page.waitFor(`location.hash.startsWith("#/${name}")`);
}

async function come(name) {
    clients[name] = io(host, { forceNew: true, reconnection: false, auth: { name } });
    await once(clients[name], 'connect');
    clients[name].emit('enter', 'tea');
    assert.deepEqual(await ask(name, 'where'), [clients[name].id, 'tea']);
}

async function refused() {
    await step('no answer is for this page', async () => {
        await submit('changeit');
        await shows('xhr poll error');
        assert.ok(page.problems.some(p => p.includes('Access-Control-Allow-Origin')), await page.story());
    });
}

async function all() {
    for (const name of ['ann', 'bob', 'cat'])
        await step(`${name} comes`, () => come(name));
    await step('a wrong password', async () => {
        await submit('wrong');
        await shows('Invalid credentials');
    });
    await step('the right one', async () => {
        await submit('changeit');
        await connected();
        await page.waitFor('!document.querySelector(".v-dialog--active")');
    });
    await step('the dashboard counts', async () => {
        await page.waitFor(`(${row('WebSocket')})?.innerText.match(/\\b4\\b/)`);
        await page.waitFor(`[...document.querySelectorAll("tbody tr")].some(tr => /^\\/\\s+3$/.test(tr.innerText))`);
        await page.waitFor(`[...document.querySelectorAll("tbody tr")].some(tr => /^\\/admin\\s+1$/.test(tr.innerText))`);
        await shot('dashboard');
    });
    await step('the sockets are listed', async () => {
        await go('sockets');
        for (const name of ['ann', 'bob', 'cat'])
            await page.waitFor(`(${row(clients[name].id)})?.innerText.includes("127.0.0.1")`);
        await shot('sockets');
    });
    await step('a socket joins a room', async () => {
        await page.click(`(${row(clients.ann.id)}).querySelector("td")`);
        await shows('Creation date');
        await shows('"ann"');
        await page.click('document.querySelector(".select-room .v-input__slot")');
        await page.type('vip');
        await page.click('document.querySelector("form button[type=submit]")');
        await page.waitFor(row('vip'));
        assert.deepEqual(await ask('ann', 'where'), [clients.ann.id, 'tea', 'vip']);
        await shot('socket');
    });
    await step('the rooms are listed, and one is emptied', async () => {
        await go('rooms');
        await page.waitFor(`/^tea\\s[^]*\\b3\\b/.test((${row('tea')}).innerText)`);
        await page.waitFor(`/^vip\\s[^]*\\b1\\b/.test((${row('vip')}).innerText)`);
        await shot('rooms');
        await page.click(button('vip', 'tag-off-outline')); // and it shows the room, for its row is pressed too
        await shows('DELETED');
        assert.deepEqual(await ask('ann', 'where'), [clients.ann.id, 'tea']);
    });
    await step('the events are listed', async () => {
        await go('events');
        await shows('Event name: where');
        await shows('Room: vip');
        await shot('events');
    });
    await step('a socket is disconnected', async () => {
        const left = once(clients.ann, 'disconnect');
        await go('sockets');
        await page.click(button(clients.ann.id, 'logout'));
        assert.equal((await left)[0], 'io server disconnect');
        await page.waitFor(`!${row(clients.ann.id)}`);
    });
    await step('a room is disconnected', async () => {
        const left = ['bob', 'cat'].map(name => once(clients[name], 'disconnect'));
        await go('rooms');
        await page.click(button('tea', 'logout'));
        for (const [reason] of await Promise.all(left))
            assert.equal(reason, 'io server disconnect');
        await shows('DELETED');
    });
    await step('the server is well', async () => {
        await go('servers');
        await shows('HEALTHY');
        await shot('servers');
    });
    await step('the page has no trouble', async () => {
        const own = page.problems.filter(p => !/ERR_NAME_NOT_RESOLVED|404|favicon/.test(p));
        assert.deepEqual(own, []);
    });
}

await (v.refused ? refused() : all());
await browser.close();
finish();
