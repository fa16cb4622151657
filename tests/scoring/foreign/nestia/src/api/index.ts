import * as api from "./module";

export default api;
export * from "./module";
