// Steps that are asserted, one TAP line each, with a deadline for all of them.
import assert from 'node:assert/strict';

export { assert };

let count = 0, failed = 0;

setTimeout(() => {
    console.log(`not ok ${count + 1} - all of it within 90 s`);
    process.exit(1);
}, 90000).unref();

export async function step(name, body, ms = 10000) {
    count += 1;
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`nothing came within ${ms} ms`)), ms);
    });
    try {
        await Promise.race([body(), late]);
        console.log(`ok ${count} - ${name}`);
    } catch (error) {
        failed += 1;
        console.log(`not ok ${count} - ${name}`);
        console.log(String(error.message).replace(/^/gm, '# '));
    } finally {
        clearTimeout(timer);
    }
}

export function finish() {
    console.log(`1..${count}`);
    process.exit(failed || !count ? 1 : 0);
}

// One value each time the emitter says NAME, as a promise of its arguments.
export function once(emitter, name) {
    return new Promise(resolve => emitter.once(name, (...args) => resolve(args)));
}
