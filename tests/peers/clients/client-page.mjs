// client-page.mjs FILE [--any-certificate]: opens a page of this computer and prints what its #log holds, as JSON, at each change.
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { launch } from '../browser.mjs';

const [file, how] = process.argv.slice(2);
const browser = await launch({ args: how === '--any-certificate' ? ['--ignore-certificate-errors'] : [] });
process.on('SIGTERM', () => browser.close().then(() => process.exit(0)));
const page = await browser.open(pathToFileURL(file).href);
for (let last = null, told = 0; ; await sleep(100)) {
    const log = await page.evaluate('document.getElementById("log").textContent');
    if (log !== last || page.problems.length > told)
        console.log(JSON.stringify({ log, problems: page.problems }));
    last = log;
    told = page.problems.length;
}
