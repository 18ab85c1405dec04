/** A query that names something the profile does not have. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}
