export * from "./item";
export { default as Book } from "./item";
