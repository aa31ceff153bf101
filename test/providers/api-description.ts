import { readFileSync } from 'node:fs';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'body' | 'formData';
  required: boolean;
  array: boolean;
  check: ValidateFunction;
}

interface Operation {
  method: string;
  template: string;
  pattern: RegExp;
  names: string[];
  literals: number;
  /** Compiled when the operation is first asked for. */
  parameters: () => Parameter[];
  bodyProperties: Set<string> | null;
}

const ajv = addFormats(new Ajv({ coerceTypes: 'array', strict: false, validateFormats: true }));

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/**
 * A provider's own description (OpenAPI 3 or Swagger 2) as a check of
 * requests: the path exists, the query holds only documented parameters of the
 * documented types, required ones are there, a JSON body has known properties.
 */
export class ApiDescription {
  readonly #root: Json;
  readonly #operations: Operation[] = [];

  /** `ignoreCase`: the server does not care about letters' case in paths (Azure DevOps). */
  constructor(file: string | URL, options: { ignoreCase?: boolean } = {}) {
    this.#root = object(JSON.parse(readFileSync(file, 'utf8')));
    for (const [template, item] of Object.entries(object(this.#root['paths'])))
      for (const method of ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'])
        if (object(item)[method])
          this.#operations.push(this.#operation(template, method, object(item), options.ignoreCase ?? false));
  }

  /** Everything about the request the description does not allow; empty: it is valid. `path` lacks the server's base path. */
  violations(method: string, path: string, query: URLSearchParams, body: string): string[] {
    const operation = this.#operations
      .filter((one) => one.method === method && one.pattern.test(path))
      .sort((a, b) => b.literals - a.literals)[0];
    if (!operation) return [`${method} ${path}: no such operation`];
    const at = `${method} ${operation.template}`;
    const found: string[] = [];
    const parameters = operation.parameters();
    const values = operation.pattern.exec(path)?.slice(1) ?? [];
    for (const [index, name] of operation.names.entries()) {
      const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
      const value = decodeURIComponent(values[index] ?? '');
      if (parameter && !accepts(parameter, [value])) found.push(`${at}: {${name}} may not be "${value}"`);
    }
    const documented = parameters.filter((one) => one.in === 'query');
    for (const name of new Set(query.keys())) {
      const bare = name.replace(/\[\]$/, '');
      const parameter = documented.find(
        (one) => one.name === name || one.name.replace(/\[\]$/, '') === bare || one.name === `$${name}`,
      );
      if (!parameter) found.push(`${at}: unknown query parameter "${name}"`);
      else if (!accepts(parameter, query.getAll(name)))
        found.push(`${at}: "${name}" may not be "${query.getAll(name).join(',')}"`);
    }
    for (const parameter of documented)
      if (parameter.required && !query.has(parameter.name))
        found.push(`${at}: query parameter "${parameter.name}" is missing`);
    if (body !== '' && operation.bodyProperties) {
      const sent = object(JSON.parse(body) as unknown);
      for (const name of Object.keys(sent))
        if (!operation.bodyProperties.has(name)) found.push(`${at}: unknown body property "${name}"`);
    }
    return found;
  }

  #operation(template: string, method: string, item: Json, ignoreCase: boolean): Operation {
    const operation = object(item[method]);
    const given = [item['parameters'], operation['parameters']].flatMap((list) =>
      Array.isArray(list) ? list.map((one) => this.#resolve(one)) : [],
    );
    const names = [...template.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
    const source = template
      .replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')
      // A path of a file at the end keeps its slashes (Bitbucket Data Center).
      .replace(/\{path\}$/, '(.+)')
      .replaceAll(/\{[^}]+\}/g, '([^/]+)');
    const body = object(
      object(object(this.#resolve(operation['requestBody']))['content'])['application/json'],
    );
    const schema = body['schema'] ?? given.find((one) => one['in'] === 'body')?.['schema'];
    const properties = object(object(this.#resolve(schema))['properties']);
    let compiled: Parameter[] | undefined;
    return {
      method: method.toUpperCase(),
      template,
      pattern: new RegExp(`^${source}/?$`, ignoreCase ? 'i' : ''),
      names,
      literals: template.split('/').filter((segment) => segment && !segment.includes('{')).length,
      parameters: () => (compiled ??= given.map((one) => this.#parameter(one))),
      bodyProperties: Object.keys(properties).length ? new Set(Object.keys(properties)) : null,
    };
  }

  #parameter(given: Json): Parameter {
    const schema = this.#inlined(given['schema'] ?? swaggerSchema(given), 0);
    return {
      name: String(given['name']),
      in: given['in'] as Parameter['in'],
      required: given['required'] === true,
      array: object(schema)['type'] === 'array',
      check: ajv.compile({ type: 'object', properties: { value: schema } }),
    };
  }

  #resolve(value: unknown): Json {
    const reference = object(value)['$ref'];
    if (typeof reference !== 'string') return object(value);
    let at: unknown = this.#root;
    for (const step of reference.slice(2).split('/'))
      at = object(at)[step.replaceAll('~1', '/').replaceAll('~0', '~')];
    return this.#resolve(at);
  }

  #inlined(value: unknown, depth: number): unknown {
    if (depth > 4) return {};
    if (Array.isArray(value)) return value.map((one) => this.#inlined(one, depth + 1));
    if (typeof value !== 'object' || value === null) return value;
    const { discriminator: _, example: __, ...schema } = this.#resolve(value);
    return Object.fromEntries(
      Object.entries(schema).map(([key, one]) => [key, this.#inlined(one, depth + 1)]),
    );
  }
}

function swaggerSchema(parameter: Json): Json {
  const schema: Json = {};
  for (const key of ['type', 'enum', 'format', 'items', 'minimum', 'maximum'])
    if (parameter[key] !== undefined) schema[key] = parameter[key];
  return schema;
}

function accepts(parameter: Parameter, values: string[]): boolean {
  const value = parameter.array ? values.flatMap((one) => one.split(',')) : values[0];
  return (parameter.array || values.length === 1) && parameter.check({ value });
}
