/**
 * nbformat 4.5 as a JSON schema, written from the format's description.
 *
 * It is stricter than the format where this project is: every cell has an id, and outputs are of the four known kinds.
 */

const multiline = { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
const mimeBundle = {
  type: 'object',
  additionalProperties: multiline,
  patternProperties: { '^(?!text/)[^/]+/(.*\\+)?json$': {} },
};
const metadata = { type: 'object' };
const executionCount = { type: ['integer', 'null'], minimum: 0 };

function shape(required: Record<string, unknown>, optional: Record<string, unknown> = {}): object {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(required),
    properties: { ...required, ...optional },
  };
}

const outputs = {
  stream: shape({ output_type: { const: 'stream' }, name: { type: 'string' }, text: multiline }),
  display_data: shape({ output_type: { const: 'display_data' }, data: mimeBundle, metadata }),
  execute_result: shape({
    output_type: { const: 'execute_result' },
    execution_count: executionCount,
    data: mimeBundle,
    metadata,
  }),
  error: shape({
    output_type: { const: 'error' },
    ename: { type: 'string' },
    evalue: { type: 'string' },
    traceback: { type: 'array', items: { type: 'string' } },
  }),
};

const cellMetadata = {
  type: 'object',
  properties: {
    name: { type: 'string', pattern: '^.+$' },
    tags: { type: 'array', uniqueItems: true, items: { type: 'string', pattern: '^[^,]+$' } },
    collapsed: { type: 'boolean' },
    jupyter: { type: 'object' },
    execution: { type: 'object' },
  },
};

const id = { type: 'string', pattern: '^[a-zA-Z0-9-_]+$', minLength: 1, maxLength: 64 };
const attachments = { type: 'object', additionalProperties: mimeBundle };

const cells = {
  code: shape({
    id,
    cell_type: { const: 'code' },
    metadata: cellMetadata,
    source: multiline,
    execution_count: executionCount,
    outputs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['output_type'],
        discriminator: { propertyName: 'output_type' },
        oneOf: Object.values(outputs),
      },
    },
  }),
  markdown: shape({ id, cell_type: { const: 'markdown' }, metadata: cellMetadata, source: multiline }, { attachments }),
  raw: shape({ id, cell_type: { const: 'raw' }, metadata: cellMetadata, source: multiline }, { attachments }),
};

/** The schema, for ajv with `discriminator: true`. */
export const notebookSchema: object = {
  type: 'object',
  additionalProperties: false,
  required: ['metadata', 'nbformat', 'nbformat_minor', 'cells'],
  properties: {
    nbformat: { const: 4 },
    nbformat_minor: { type: 'integer', minimum: 5 },
    metadata: {
      type: 'object',
      properties: {
        kernelspec: {
          type: 'object',
          required: ['name', 'display_name'],
          properties: { name: { type: 'string' }, display_name: { type: 'string' } },
        },
        language_info: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        title: { type: 'string' },
        authors: { type: 'array' },
      },
    },
    cells: {
      type: 'array',
      items: {
        type: 'object',
        required: ['cell_type'],
        discriminator: { propertyName: 'cell_type' },
        oneOf: Object.values(cells),
      },
    },
  },
};
