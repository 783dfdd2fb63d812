// Chromium without a window, driven by the DevTools protocol over a pipe: it ends when this process does.
//
//   const browser = await launch();              // a profile of its own, gone with it; reaches this computer only
//   const page = await browser.open(url);
//   await page.waitFor('document.title === "x"', 5000);
//   await page.click('button.send'); await page.type('text');
//   await page.screenshot('/tmp/x.png');
//   await browser.close();
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const slow = Number(process.env.SOCKEYE_TEST_SLOWNESS ?? 1);

// The path of the browser, or undefined.
export function findBrowser() {
    const candidates = (process.env.PATH ?? '').split(delimiter)
        .flatMap(folder => ['chromium', 'chromium-browser', 'google-chrome'].map(name => join(folder, name)));
    return candidates.find(path => {
        try {
            accessSync(path, constants.X_OK);
            return true;
        } catch {
            return false;
        }
    });
}

// What the page's functions share: one request, one answer; what nobody asked for goes to `listeners`.
class Wire {
    #pipe; #waiting = new Map(); #count = 0; #rest = ''; #over = null;
    listeners = new Set();

    constructor(out, back) {
        this.#pipe = out;
        out.on('error', error => this.end(error.message));
        back.on('error', error => this.end(error.message));
        back.on('close', () => this.end('the browser is gone'));
        back.setEncoding('utf8').on('data', text => {
            const messages = (this.#rest + text).split('\0');
            this.#rest = messages.pop();
            for (const message of messages)
                this.#hear(JSON.parse(message));
        });
    }

    #hear(message) {
        if (message.id === undefined) {
            for (const listener of this.listeners)
                listener(message);
            return;
        }
        const { resolve, reject, timer } = this.#waiting.get(message.id) ?? {};
        this.#waiting.delete(message.id);
        clearTimeout(timer);
        if (message.error)
            reject?.(new Error(message.error.message));
        else
            resolve?.(message.result);
    }

    ask(method, params = {}, sessionId = undefined, ms = 30000) {
        const id = ++this.#count;
        return new Promise((resolve, reject) => {
            if (this.#over)
                return reject(new Error(`${method}: ${this.#over}`));
            const timer = setTimeout(() => {
                this.#waiting.delete(id);
                reject(new Error(`${method}: no answer within ${ms * slow} ms`));
            }, ms * slow);
            this.#waiting.set(id, { resolve, reject: error => reject(new Error(`${method}: ${error.message}`)), timer });
            this.#pipe.write(JSON.stringify({ id, method, params, sessionId }) + '\0');
        });
    }

    end(why) {
        this.#over ??= why;
        for (const { reject, timer } of this.#waiting.values()) {
            clearTimeout(timer);
            reject(new Error(why));
        }
        this.#waiting.clear();
    }
}

export class Page {
    #wire; #target; #session;
    problems = []; // what the page threw, or wrote as an error, as text

    constructor(wire, target, session) {
        this.#wire = wire;
        this.#target = target;
        this.#session = session;
        wire.listeners.add(({ method, params, sessionId }) => sessionId === session && this.#hear(method, params));
    }

    #hear(method, params) {
        if (method === 'Runtime.exceptionThrown')
            this.problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        else if (method === 'Runtime.consoleAPICalled' && params.type === 'error')
            this.problems.push(params.args.map(a => a.description ?? String(a.value)).join(' '));
        else if (method === 'Log.entryAdded' && params.entry.level === 'error')
            this.problems.push(`${params.entry.text} ${params.entry.url ?? ''}`);
    }

    // Any command of the protocol, for this page.
    ask(method, params = {}) {
        return this.#wire.ask(method, params, this.#session);
    }

    async goTo(url) {
        const { errorText } = await this.ask('Page.navigate', { url });
        if (errorText)
            throw new Error(`${url}: ${errorText}`);
        await this.waitFor('document.readyState === "complete"', 20000);
    }

    // The value of an expression, a promise's too, as far as JSON has it.
    async evaluate(js) {
        const { result, exceptionDetails } = await this.ask('Runtime.evaluate', {
            expression: js, awaitPromise: true, returnByValue: true, userGesture: true,
        });
        if (exceptionDetails)
            throw new Error(`${js}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
        return result.value;
    }

    // The first true value of an expression; one that throws is not there yet.
    async waitFor(js, ms = 10000) {
        const end = Date.now() + ms * slow;
        for (let last; ; await sleep(50)) {
            try {
                const value = await this.evaluate(js);
                if (value)
                    return value;
                last = JSON.stringify(value);
            } catch (error) {
                last = error.message;
            }
            if (Date.now() > end)
                throw new Error(`not within ${ms * slow} ms: ${js} (${last})\n${await this.story()}`);
        }
    }

    // What a person would see, for the message of a failed test.
    async story() {
        const text = await this.evaluate('document.body?.innerText ?? ""').catch(error => error.message);
        return [`the page: ${text.slice(0, 2000)}`, ...this.problems.map(p => `its problem: ${p}`)].join('\n');
    }

    // A press at the middle of what an expression or a selector finds, scrolled to where it shows.
    async click(what, ms = 10000) {
        const element = /[();]/.test(what) ? what : `document.querySelector(${JSON.stringify(what)})`;
        const place = await this.waitFor(`(() => {
            const found = ${element};
            if (!found || found.disabled) return null;
            found.scrollIntoView({ block: 'center', inline: 'center' });
            const box = found.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
            const top = document.elementFromPoint(x, y);
            return box.width && top && (found.contains(top) || top.contains(found)) ? { x, y } : null;
        })()`, ms);
        for (const type of ['mouseMoved', 'mousePressed', 'mouseReleased'])
            await this.ask('Input.dispatchMouseEvent', {
                type, ...place, ...type !== 'mouseMoved' && { button: 'left', clickCount: 1 },
            });
    }

    // Goes where the keyboard is.
    type(text) {
        return this.ask('Input.insertText', { text });
    }

    // Replaces what an entry holds.
    async fill(what, text) {
        await this.click(what);
        await this.evaluate('document.activeElement.select()');
        await this.type(text);
    }

    async screenshot(file) {
        const { data } = await this.ask('Page.captureScreenshot', { format: 'png' });
        writeFileSync(file, Buffer.from(data, 'base64'));
    }

    close() {
        return this.#wire.ask('Target.closeTarget', { targetId: this.#target });
    }
}

export class Browser {
    #child; #wire; #profile; #ended; #errors = '';

    constructor(path, { width = 1280, height = 800, args = [], hosts = '' }) {
        this.#profile = mkdtempSync(join(tmpdir(), 'sockeye-browser-'));
        const rules = [hosts, 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1', 'EXCLUDE localhost'].filter(Boolean).join(', ');
        this.#child = spawn(path, [
            '--headless', '--remote-debugging-pipe', `--user-data-dir=${this.#profile}`,
            `--window-size=${width},${height}`, `--host-resolver-rules=${rules}`,
            '--no-first-run', '--no-default-browser-check', '--disable-background-networking', '--disable-sync',
            '--disable-component-update', '--disable-gpu', '--disable-dev-shm-usage', '--disable-breakpad',
            '--password-store=basic', '--lang=en-US',
            '--no-sandbox', // it sees only pages of ours, and there is none for root, nor within a chroot
            ...args, 'about:blank',
        ], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'], detached: true });
        this.#child.stderr.on('data', text => { this.#errors = (this.#errors + text).slice(-4000); });
        this.#ended = new Promise(resolve => this.#child.once('exit', resolve).once('error', resolve));
        this.#wire = new Wire(this.#child.stdio[3], this.#child.stdio[4]);
        this.#ended.then(() => this.#wire.end(`the browser ended\n${this.#errors}`));
        process.once('exit', () => this.#kill());
        process.once('SIGTERM', () => process.exit(143)); // or the profile would stay
    }

    ready() {
        return this.#wire.ask('Browser.getVersion');
    }

    async open(url) {
        const { targetId } = await this.#wire.ask('Target.createTarget', { url: 'about:blank' });
        const { sessionId } = await this.#wire.ask('Target.attachToTarget', { targetId, flatten: true });
        const page = new Page(this.#wire, targetId, sessionId);
        for (const domain of ['Page', 'Runtime', 'Log'])
            await page.ask(domain + '.enable');
        await page.goTo(url);
        return page;
    }

    #kill() {
        try {
            process.kill(-this.#child.pid, 'SIGKILL'); // with the processes it made
        } catch {
            // Gone already.
        }
        rmSync(this.#profile, { recursive: true, force: true, maxRetries: 3 });
    }

    async close() {
        await this.#wire.ask('Browser.close', {}, undefined, 5000).catch(() => {});
        await Promise.race([this.#ended, sleep(5000, null, { ref: false })]);
        this.#kill();
    }
}

// `hosts`: rules of Chromium's like "MAP example.org 127.0.0.1:8443"; `args`: more of its own.
export async function launch(options = {}) {
    const path = findBrowser();
    if (!path)
        throw new Error('there is no chromium');
    const browser = new Browser(path, options);
    try {
        await browser.ready();
    } catch (error) {
        await browser.close();
        throw error;
    }
    return browser;
}
