export type { IConnection } from "@nestia/fetcher";
export { HttpError } from "@nestia/fetcher";
export * as functional from "./functional";
