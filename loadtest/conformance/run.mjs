// Runs the suite's client against a cache and weighs the results: run.mjs SUITE BASE [TEST-ID]
//
// With a test's id, prints its requests and responses. Without one, prints a table and exits with 1 when a test fails
// that explained.json does not explain, when an explained one passes (the list must stay true), or when fewer tests
// pass than it records. A test whose dependency fails counts as failed.
import fs from 'node:fs'
import fetch from 'node-fetch'

const [suite, base, only] = process.argv.slice(2)
const { runTests, getResults } = await import(`${suite}/client/runner.mjs`)
const groups = (await import(`${suite}/tests/index.mjs`)).default
for (const extra of ['surrogate-control', 'cdn-cache-control']) {
  const file = `${suite}/tests/${extra}.mjs`
  const group = fs.existsSync(file) && (await import(file)).default
  if (group && !groups.includes(group)) groups.push(group)
}

const tests = new Map()
for (const group of groups) {
  for (const test of group.tests) if (!test.browser_only) tests.set(test.id, test)
}
if (only) {
  if (!tests.has(only)) fail(`no test '${only}'`)
  tests.get(only).dump = true
}

await runTests(only ? [{ tests: [tests.get(only)] }] : groups, fetch, false, base)
const results = getResults()

if (only) {
  console.log(results[only] === true ? 'passed' : `failed: ${results[only].join(': ')}`)
  process.exit(results[only] === true ? 0 : 1)
}

const passes = id => results[id] === true && (tests.get(id)?.depends_on ?? []).every(passes)
const why = id => results[id] === true ? 'depends on a test that fails' : results[id].join(': ')
const kind = test => test.kind ?? 'required'
const count = { required: [0, 0], optimal: [0, 0], check: [0, 0] }
const failed = []
for (const [id, test] of tests) {
  count[kind(test)][1]++
  if (passes(id)) count[kind(test)][0]++
  else if (kind(test) !== 'check') failed.push(id)
}

console.log('kind        passed      of')
for (const [name, [passed, all]] of Object.entries(count)) {
  console.log(`${name.padEnd(10)} ${String(passed).padStart(7)} ${String(all).padStart(7)}`)
}

// what HTTP/2 has no words for is not asked when it is spoken
const unspeakable = process.env.VELLUM_HTTP2 ? ['headers-store-Transfer-Encoding'] : []
const recorded = JSON.parse(fs.readFileSync(new URL('explained.json', import.meta.url)))
const explained = suite.endsWith('node_modules/http-cache-tests') ? recorded : { passed: {}, failures: recorded.failures }
const faults = []
console.log('\nfailures')
for (const id of failed) {
  const reason = Object.entries(explained.failures).find(([, ids]) => ids.includes(id))?.[0]
  console.log(`${kind(tests.get(id)).padEnd(9)} ${id}\n          ${why(id)}\n          ${reason ?? 'NOT EXPLAINED'}`)
  if (!reason) faults.push(`${id} fails and is not explained: ${why(id)}`)
}
for (const id of Object.values(explained.failures).flat()) {
  if (tests.has(id) && passes(id) && !unspeakable.includes(id)) faults.push(`${id} passes: take it out of explained.json`)
}
for (const [name, least] of Object.entries(explained.passed)) {
  if (count[name][0] < least) faults.push(`${count[name][0]} ${name} tests pass (recorded: ${least})`)
}
if (faults.length) fail(faults.join('\n'))

function fail (message) {
  console.error(`\n${message}`)
  process.exit(1)
}
