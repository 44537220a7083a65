import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const FOLDER = path.join(__dirname, '../../src/store/postgres');
/** They put statements together of names that stand in the code beside them, and number their parameters. */
const BUILDERS = ['bulk-insert.ts', 'in-one-statement.ts'];
const SQL = /\b(select|insert into|update|delete from|values|where|order by|set local)\b|\band [a-z_.]+ (=|<)/;
/** A constant of the module, or a number that is one. */
const CONSTANT = /^([A-Z][A-Z0-9_]*|String\(([A-Z][A-Z0-9_]*|Number\.[A-Z_]+)\))$/;

/** What is put into the SQL of a file, or appended to it, and is no constant. */
function valuesIn(code: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node) && SQL.test(node.getText())) {
      found.push(...node.templateSpans.map(({ expression }) => expression.getText()).filter((text) => !CONSTANT.test(text)));
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken && SQL.test(node.getText())) {
      found.push(node.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', code, ts.ScriptTarget.ES2022, true));
  return found;
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !BUILDERS.includes(name));

test('statements are made of constants: what a caller sends is always a parameter', () => {
  const found = files.flatMap((name) => valuesIn(readFileSync(path.join(FOLDER, name), 'utf8')).map((value) => `${name}: ${value}`));
  expect(found).toEqual([]);
  expect(files.length).toBeGreaterThan(40);
});

test.each([
  ['`select * from holds where key = ${key}`', ['key']],
  ['`${ALL} and key = ${key}`', ['key']],
  ['`select ${COLUMNS} from holds limit ${String(most)}`', ['String(most)']],
  ["'select * from holds where key = ' + key", ["'select * from holds where key = ' + key"]],
  ['`${OF_ORGANIZATION} and key_id = $2 limit ${String(MOST)}`', []],
  ['`Organization ${organizationId} vanished`', []],
])('it is seen in %s', (code, values) => {
  expect(valuesIn(code)).toEqual(values);
});
