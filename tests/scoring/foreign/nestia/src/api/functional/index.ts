export * as auth from "./auth";
export * as lists from "./lists";
export * as todos from "./todos";
