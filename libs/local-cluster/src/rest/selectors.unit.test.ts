import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import type { Resource } from '../resources/resource.js';
import { parseFieldSelector, parseLabelSelector, selection } from './selectors.js';

const KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const KEY_FAULT = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${KEY}')`;
const VALUE_FAULT = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${KEY})?')`;
const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const SUBDOMAIN_FAULT = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
const OPERATORS = 'in, notin, =, ==, !=, gt, lt';
const LONG = 'x'.repeat(64);

function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof ApiError) return `${error.code} ${error.reason} ${error.message}`;
    throw error;
  }
  return 'taken';
}

describe('a label selector', () => {
  /** What kube-apiserver 1.37.2 says. */
  it.each([
    ['a b', `unable to parse requirement: found 'b', expected: ${OPERATORS}`],
    ['=', "found '=', expected: !, identifier, or 'end of string'"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a in (x,', "unable to parse requirement: found '', expected: ',', or identifier"],
    ['a in (x y)', "unable to parse requirement: found 'y', expected: ',' or ')'"],
    ['a in (x,y', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in x', "unable to parse requirement: found 'x' expected: '('"],
    ['a in (!x)', "unable to parse requirement: found '!', expected: ',', ')' or identifier"],
    ['a in', "unable to parse requirement: found '' expected: '('"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['!!a', "unable to parse requirement: found '!', expected: identifier"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a in (x)) ', "found ')', expected: ',' or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a,,b', "found ',', expected: identifier after ','"],
    ['a=(b)', "unable to parse requirement: found '(', expected: identifier"],
    ['a!', `unable to parse requirement: found '!', expected: ${OPERATORS}`],
    [
      'a>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    [
      'a>99999999999999999999',
      `unable to parse requirement: values[0]: Invalid value: "99999999999999999999": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    [
      'a>1,b<x-',
      `unable to parse requirement: [values[0]: Invalid value: "x-": for 'Gt', 'Lt' operators, the value must be an integer, values[0][b]: Invalid value: "x-": ${VALUE_FAULT}]`,
    ],
    ['a=@', `unable to parse requirement: values[0][a]: Invalid value: "@": ${VALUE_FAULT}`],
    [
      'a in (@,#)',
      `unable to parse requirement: [values[0][a]: Invalid value: "#": ${VALUE_FAULT}, values[1][a]: Invalid value: "@": ${VALUE_FAULT}]`,
    ],
    [`a=${LONG}`, `unable to parse requirement: values[0][a]: Invalid value: "${LONG}": must be no more than 63 bytes`],
    [LONG, `unable to parse requirement: <nil>: Invalid value: "${LONG}": name part must be no more than 63 bytes`],
    ['/a', 'unable to parse requirement: <nil>: Invalid value: "/a": prefix part must be non-empty'],
    ['A/a', `unable to parse requirement: <nil>: Invalid value: "A/a": prefix part ${SUBDOMAIN_FAULT}`],
    [
      'a/',
      `unable to parse requirement: <nil>: Invalid value: "a/": name part must be non-empty; name part ${KEY_FAULT}`,
    ],
    ['-a', `unable to parse requirement: <nil>: Invalid value: "-a": name part ${KEY_FAULT}`],
    ['ä=1', `unable to parse requirement: <nil>: Invalid value: "ä": name part ${KEY_FAULT}`],
    [
      'a/b/c',
      `unable to parse requirement: <nil>: Invalid value: "a/b/c": a valid label key ${KEY_FAULT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ],
  ])('%s is refused in the real words', (selector, message) => {
    expect(refusal(() => parseLabelSelector(selector))).toBe(`400 BadRequest ${message}`);
  });

  it.each([
    ['', [{}, { a: '1' }], []],
    ['a', [{ a: '' }], [{}, { b: '' }]],
    ['!a', [{ b: '1' }], [{ a: '' }]],
    ['a=1', [{ a: '1' }], [{}, { a: '2' }]],
    ['a==1', [{ a: '1' }], [{ a: '11' }]],
    ['a=', [{ a: '' }], [{}, { a: '1' }]],
    ['a!=1', [{}, { a: '2' }], [{ a: '1' }]],
    ['a in (x,y)', [{ a: 'x' }, { a: 'y' }], [{}, { a: 'z' }]],
    ['a in (,x)', [{ a: '' }, { a: 'x' }], [{}]],
    ['a in ()', [{ a: '' }], [{}, { a: 'x' }]],
    ['a in (in,notin)', [{ a: 'notin' }], [{ a: 'x' }]],
    ['in,notin=in', [{ in: '', notin: 'in' }], [{ in: '' }]],
    ['a notin (x,y)', [{}, { a: 'z' }], [{ a: 'x' }]],
    ['a>5', [{ a: '6' }], [{}, { a: '5' }, { a: 'x' }]],
    ['a<5', [{ a: '4' }], [{}, { a: '5' }, { a: '99999999999999999999' }]],
    ['a,b!=2 , c in ( x )', [{ a: '', c: 'x' }], [{ c: 'x' }, { a: '', b: '2', c: 'x' }]],
    ['x.io/toString', [{ 'x.io/toString': '' }], [{}]],
    ['toString', [], [{}]],
  ])('%s', (selector, matching: readonly object[], others: readonly object[]) => {
    const matches = parseLabelSelector(selector);
    for (const labels of matching) expect(matches({ ...labels })).toBe(true);
    for (const labels of others) expect(matches({ ...labels })).toBe(false);
  });

  it('never fails but with a refusal, whatever it is', () => {
    const part = fc.constantFrom('a', 'in', 'notin', '=', '==', '!=', '!', '(', ')', ',', '>', '<', ' ', '1', 'b/c');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part).map((parts) => parts.join('')),
          fc.string(),
        ),
        (selector) => {
          expect(refusal(() => parseLabelSelector(selector)({ a: '1' }))).toMatch(/^(taken$|400 BadRequest )/);
        },
      ),
    );
  });
});

const resource = (
  kind: string,
  namespaced: boolean,
  fields?: (object: ApiObject) => Readonly<Record<string, string>>,
  custom = false,
): Resource => ({
  group: kind === 'Job' ? 'batch' : '',
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  shortNames: [],
  categories: [],
  namespaced,
  verbs: [],
  subresources: {},
  schema: {},
  strategy: fields ? { selectableFields: fields } : {},
  columns: [],
  custom,
});

const nodeName = (object: ApiObject): string => (object['spec'] as { nodeName?: string }).nodeName ?? '';
const POD = resource('Pod', true, (object) => ({ 'spec.nodeName': nodeName(object) }));
const NODE = resource('Node', false, () => ({ 'spec.unschedulable': 'false' }));
const CONFIG_MAP = resource('ConfigMap', true);
const CLUSTER_ROLE = resource('ClusterRole', false);
const JOB = resource('Job', true, () => ({ 'status.successful': '0' }));
const RUN = resource('AgentRun', true, undefined, true);

const pod = (name: string, node?: string, labels?: Record<string, string>): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...(labels && { labels }) },
  spec: node === undefined ? {} : { nodeName: node },
});

describe('a field selector', () => {
  /** What kube-apiserver 1.37.2 says. */
  it.each([
    [POD, 'metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
    [POD, 'metadata.name=a,b', "invalid selector: 'metadata.name=a,b'; can't understand 'b'"],
    [POD, 'metadata.name=x=y', 'invalid field selector: unescaped character in value: 61'],
    [POD, 'metadata.name=x\\z', 'invalid field selector: invalid escape sequence: \\z'],
    [POD, 'metadata.name=x\\', 'invalid field selector: invalid escape sequence: \\'],
    [POD, 'spec.nodeName=a,foo=b,metadata.name=x=y', 'invalid field selector: unescaped character in value: 61'],
    [POD, 'foo=bar', 'field label not supported: foo'],
    [POD, 'metadata.name =x', 'field label not supported: metadata.name '],
    [POD, '=x', 'field label not supported: '],
    [NODE, 'metadata.namespace=x', 'field label not supported: metadata.namespace'],
    [RUN, 'foo=bar', 'field label not supported: foo'],
    [CONFIG_MAP, 'foo=bar', '"foo" is not a known field selector: only "metadata.name", "metadata.namespace"'],
    [JOB, 'foo=bar', 'field label "foo" not supported for Job'],
  ])('of %#, %s, is refused in the real words', (kind, selector, message) => {
    expect(refusal(() => parseFieldSelector(selector, kind))).toBe(`400 BadRequest ${message}`);
  });

  it.each([
    ['metadata.name=a', ['a']],
    ['metadata.name!=a', ['b', 'c']],
    ['metadata.name==b,', ['b']],
    ['spec.nodeName=', ['c']],
    ['spec.nodeName!=', ['a', 'b']],
    ['spec.nodeName=x\\=\\,\\\\y', ['b']],
    ['spec.nodeName=n,metadata.namespace=default', ['a']],
    ['metadata.namespace=other', []],
    ['=', ['a', 'b', 'c']],
    [',', ['a', 'b', 'c']],
  ])('%s', (selector, names) => {
    const pods = [pod('a', 'n'), pod('b', 'x=,\\y'), pod('c')];
    expect(pods.filter(parseFieldSelector(selector, POD)).map(({ metadata }) => metadata.name)).toEqual(names);
  });

  it('takes a namespace for kinds without one, where these have no fields of their own', () => {
    expect(parseFieldSelector('metadata.namespace=', CLUSTER_ROLE)(pod('a'))).toBe(false);
    expect(parseFieldSelector('metadata.namespace=default', RUN)(pod('a'))).toBe(true);
  });

  it('never fails but with a refusal, whatever it is', () => {
    const part = fc.constantFrom('metadata.name', 'a', '=', '==', '!=', '!', '\\', ',', '\n', '😀');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part).map((parts) => parts.join('')),
          fc.string(),
        ),
        (selector) => {
          expect(refusal(() => parseFieldSelector(selector, POD)(pod('a')))).toMatch(/^(taken$|400 BadRequest )/);
        },
      ),
    );
  });
});

describe('a selection', () => {
  it('is what both selectors match', () => {
    const pods = [pod('a', 'n', { app: 'x' }), pod('b', 'm', { app: 'x' }), pod('c', 'n')];
    const of = (parameters: { labelSelector?: string; fieldSelector?: string }): string[] =>
      pods.filter(selection(POD, parameters)).map(({ metadata }) => metadata.name);
    expect(of({ labelSelector: 'app=x', fieldSelector: 'spec.nodeName=n' })).toEqual(['a']);
    expect(of({ labelSelector: '', fieldSelector: '' })).toEqual(['a', 'b', 'c']);
  });
});
