import type { ApiObject } from '../../api-object.js';
import { ApiError, type FieldError } from '../../api-error.js';
import { isObject } from '../../clone.js';
import type { Attributes, Authorizer, User } from '../auth.js';

type Fields = Readonly<Record<string, unknown>>;

const GROUP = 'authorization.k8s.io';

/** Status of a (Self)SubjectAccessReview; `self` asks for themselves, else the spec names somebody. */
export function reviewAccess(review: ApiObject & { spec: Fields }, authorizer: Authorizer, self?: User): object {
  const { spec } = review;
  const errors = [...specErrors(spec, self), ...metadataErrors(review)];
  if (errors.length > 0) throw invalidReview(errors);
  const { allowed, reason } = authorizer.authorize(attributesOf(spec, self ?? userOf(spec)));
  return { allowed, ...(reason !== '' && { reason }) };
}

function specErrors(spec: Fields, self: User | undefined): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec;
  const errors: FieldError[] = [];
  if (isObject(resourceAttributes) === isObject(nonResourceAttributes)) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(wrong('spec', goAttributes(nonResourceAttributes), why));
  }
  if (!self && !spec['user'] && textsOf(spec['groups']).length === 0) {
    errors.push(wrong('spec.user', '', 'at least one of user or group must be specified'));
  }
  if (!isObject(resourceAttributes)) return errors;
  const selectors = ['fieldSelector', 'labelSelector'].flatMap((name) =>
    selectorErrors(name, resourceAttributes[name]),
  );
  return [...errors, ...selectors];
}

const goAttributes = (value: unknown): unknown =>
  isObject(value) ? { Path: textOf(value['path']), Verb: textOf(value['verb']) } : null;

function selectorErrors(name: string, selector: unknown): FieldError[] {
  if (!isObject(selector)) return [];
  const path = `spec.resourceAttributes.${name}`;
  const raw = textOf(selector['rawSelector']);
  const { requirements } = selector;
  const listed = Array.isArray(requirements) && requirements.length > 0;
  if (raw !== '' && listed) {
    return [wrong(`${path}.rawSelector`, raw, 'may not specified at the same time as requirements')];
  }
  if (raw !== '' || listed) return [];
  const message = `Required value: when ${path} is specified, requirements or rawSelector is required`;
  return [{ type: 'FieldValueRequired', field: `${path}.requirements`, message }];
}

function metadataErrors({ metadata }: ApiObject): FieldError[] {
  const isEmpty = Object.keys(metadata).every((field) => field === 'managedFields');
  return isEmpty ? [] : [wrong('metadata', metadata, 'must be empty')];
}

const wrong = (field: string, value: unknown, why: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
});

/** 422 about a kind without a name: the real server asks the decoded object, which has forgotten it. */
function invalidReview(errors: readonly FieldError[]): ApiError {
  const lines = errors.map(({ field, message }) => `${field}: ${message}`);
  const text = lines.length === 1 ? (lines[0] ?? '') : `[${lines.join(', ')}]`;
  return new ApiError(422, 'Invalid', `.${GROUP} "" is invalid: ${text}`, {
    group: GROUP,
    causes: errors.map(({ type, field, message }) => ({ reason: type, message, field })),
  });
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: Fields, user: User): Attributes {
  if (!isObject(resourceAttributes)) {
    const { verb, path } = isObject(nonResourceAttributes) ? nonResourceAttributes : {};
    return { user, verb: textOf(verb), path: textOf(path) };
  }
  const { verb, group, version, resource, subresource, namespace, name } = resourceAttributes;
  return {
    user,
    verb: textOf(verb),
    path: '',
    resource: {
      group: textOf(group),
      version: textOf(version),
      plural: textOf(resource),
      ...given('subresource', subresource),
      ...given('namespace', namespace),
      ...given('name', name),
    },
  };
}

const given = <K extends string>(key: K, value: unknown): Partial<Record<K, string>> =>
  textOf(value) === '' ? {} : ({ [key]: value } as Record<K, string>);

/** Keys of `extra` are lower-case wherever they come from. */
function userOf({ user, uid, groups, extra }: Fields): User {
  const more = Object.entries(isObject(extra) ? extra : {});
  return {
    name: textOf(user),
    groups: textsOf(groups),
    ...given('uid', uid),
    ...(more.length > 0 && {
      extra: Object.fromEntries(more.map(([key, values]) => [key.toLowerCase(), textsOf(values)])),
    }),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(textOf) : []);
