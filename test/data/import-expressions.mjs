// Takes the expression vectors, what Terraform 1.11.4 made of each, into test/data/vectors: one compressed file, since the
// same setup texts come again and again, and the files that expressions read.
//
//   node test/data/import-expressions.mjs <vectors folder>
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('usage: node test/data/import-expressions.mjs <vectors folder>');

const target = join(dirname(fileURLToPath(import.meta.url)), 'vectors');
mkdirSync(target, { recursive: true });
// The text stays as it is: reading numbers into JavaScript would round them.
const lines = readFileSync(join(source, 'expressions.jsonl'), 'utf8');
writeFileSync(join(target, 'expressions.jsonl.gz'), gzipSync(lines, { level: 9 }));
rmSync(join(target, 'fixtures'), { recursive: true, force: true });
cpSync(join(source, 'fixtures'), join(target, 'fixtures'), { recursive: true });
console.log(`${lines.trimEnd().split('\n').length} expressions`);
