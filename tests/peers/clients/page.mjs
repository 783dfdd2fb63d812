// Chromium with a page of another origin that uses socket.io-client 2, 3 and 4 against a host with ../rules/behaviours.json:
//   node page.mjs URL [--tls URL --spki HASH: base64 of what its key hashes to] [--client 4]… [--way upgrade]…
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { launch } from '../browser.mjs';
import { assert, finish, step } from './tap.mjs';

const { values: v, positionals: [url] } = parseArgs({
    allowPositionals: true,
    options: {
        tls: { type: 'string' }, spki: { type: 'string' },
        client: { type: 'string', multiple: true, default: ['4', '3', '2'] },
        way: { type: 'string', multiple: true, default: ['polling', 'websocket', 'upgrade'] },
    },
});
const WAYS = { polling: ['polling'], websocket: ['websocket'], upgrade: ['polling', 'websocket'] };
const library = version => `../node_modules/socket.io-client${version === '4' ? '' : '-' + version}/dist/socket.io.js`;
const read = path => readFileSync(new URL(path, import.meta.url));

// http://page.test/4 is a page with version 4. Its host is named api.page.test, which is another origin of the same site.
const pages = createServer(({ url: path }, answer) => {
    const version = /^\/([234])$/.exec(path)?.[1];
    if (version)
        answer.setHeader('Content-Type', 'text/html; charset=utf-8').end(
            `<!doctype html><link rel="icon" href="data:,"><title>${version}</title><script src="/${version}.js"></script><script src="/visit.js"></script>`);
    else if (/^\/[234]\.js$/.test(path))
        answer.setHeader('Content-Type', 'text/javascript; charset=utf-8').end(read(library(path[1])));
    else
        answer.setHeader('Content-Type', 'text/javascript; charset=utf-8').end(read('visit.js'));
});
await new Promise(resolve => pages.listen(0, '127.0.0.1', resolve));

const browser = await launch({
    hosts: `MAP page.test 127.0.0.1:${pages.address().port}, MAP api.page.test 127.0.0.1, MAP evil.test 127.0.0.1:${pages.address().port}`,
    args: v.spki ? [`--ignore-certificate-errors-spki-list=${v.spki}`] : [],
});
const named = address => address.replace('127.0.0.1', 'api.page.test');

async function goes(page, name, call) {
    await step(name, async () => {
        const wrong = await page.evaluate(`${call}.then(() => '', error => error.stack ?? String(error))`);
        assert.equal(wrong, '', await page.story());
    }, 30000);
}

for (const version of v.client) {
    const page = await browser.open(`http://page.test/${version}`);
    for (const way of v.way) {
        const options = { transports: WAYS[way], withCredentials: true };
        await goes(page, `${version} over ${way}`, `visit(${JSON.stringify(named(url))}, ${JSON.stringify(options)}, { cookie: ${way !== 'polling'} })`);
        if (v.tls && way === 'upgrade')
            await goes(page, `${version} over ${way} and TLS`, `visit(${JSON.stringify(named(v.tls))}, ${JSON.stringify(options)})`);
    }
    if (v.way.includes('polling')) {
        const extraHeaders = { 'X-Mine': 'yes' };
        const how = version === '2' ? { transportOptions: { polling: { extraHeaders } } } : { extraHeaders };
        await goes(page, `${version} with a header of its own`,
            `withHeader(${JSON.stringify(named(url))}, { transports: ['polling'] }, ${JSON.stringify(how)})`);
    }
    await page.close();
}
await step('a page of an origin that may not', async () => {
    const page = await browser.open('http://evil.test/4');
    const wrong = await page.evaluate(`refused(${JSON.stringify(named(url))}, { transports: ['polling'] })`);
    assert.equal(wrong, 'xhr poll error');
    assert.ok(page.problems.some(problem => problem.includes('CORS')), page.problems.join('\n'));
});
await browser.close();
pages.close();
finish();
