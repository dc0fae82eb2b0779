/**
 * From a module's JSON Schema to the fields of a form. The schema is the module author's; whatever
 * is none of the plain kinds becomes a field for JSON, so that nothing is out of reach.
 */

/** [{name, kind, schema, optional, required, default, choices, help}] for the settings of a module of the catalogue. */
export function fieldsOf({ params = {}, defaults }) {
  const root = resolved(params, params);
  return Object.entries(root.properties ?? {}).map(([name, property]) => {
    const schema = resolved(property, params);
    const variants = (schema.anyOf ?? schema.oneOf ?? [schema]).map((one) => resolved(one, params));
    const given = variants.filter((one) => one.type !== "null");
    return {
      name,
      schema: given.length === 1 ? { ...schema, ...given[0] } : schema,
      optional: given.length < variants.length,
      default: defaults?.[name] ?? schema.default ?? null,
      required: (root.required ?? []).includes(name),
      help: schema.description ?? null,
      choices: given.flatMap(choicesOf),
      kind: kindOf(given),
    };
  });
}

function kindOf(variants) {
  if (variants.length === 0) return "json";
  if (variants.every((one) => one.type === "boolean")) return "switch";
  if (variants.every((one) => choicesOf(one).length > 0)) return "choice";
  if (variants.every((one) => isListOfText(one) && one.items["x-column"])) return "columns";
  if (variants.every((one) => one["x-column"])) return "column";
  if (variants.every(isMapOfText)) return "pairs";
  if (variants.every(isListOfRecords)) return "records";
  const [lists, others] = partition(variants, isListOfText);
  if (lists.length > 0 && others.every((one) => choicesOf(one).length > 0)) {
    return others.length > 0 ? "choiceOrList" : "list";
  }
  if (variants.every((one) => one.type === "integer" || one.type === "number")) return "number";
  if (variants.some((one) => [one.type].flat().includes("string"))) return "text";
  return "json";
}

function choicesOf(schema) {
  return "const" in schema ? [schema.const] : (schema.enum ?? []);
}

function isListOfText(schema) {
  const items = schema.items ?? { type: "string" };
  return schema.type === "array" && (items.anyOf ?? [items]).some((one) => one.type === "string");
}

function isListOfRecords(schema) {
  return schema.type === "array" && schema.items?.type === "object";
}

function isMapOfText(schema) {
  const values = schema.additionalProperties;
  return (
    schema.type === "object" && (values?.anyOf ?? [values]).some((one) => one?.type === "string")
  );
}

function partition(items, test) {
  return [items.filter(test), items.filter((item) => !test(item))];
}

function resolved(schema, root) {
  if (schema.$ref === undefined) return schema;
  const path = schema.$ref.replace(/^#\//, "").split("/");
  const target = path.reduce((node, part) => node?.[part], root) ?? {};
  const { $ref, ...rest } = schema;
  return { ...resolved(target, root), ...rest };
}
