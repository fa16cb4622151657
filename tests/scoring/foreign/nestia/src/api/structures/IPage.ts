import { tags } from "typia";

/** A page of rows. */
export interface IPage<T extends object> {
  /** Where the page lies. */
  pagination: IPage.IPagination;
  /** The rows. */
  data: T[];
}

export namespace IPage {
  /** Where a page lies in the whole. */
  export interface IPagination {
    current: number & tags.Type<"uint32">;
    limit: number & tags.Type<"uint32">;
    records: number & tags.Type<"uint32">;
    pages: number & tags.Type<"uint32">;
  }

  /** Which page is wanted. */
  export interface IRequest {
    page?: number & tags.Type<"uint32"> & tags.Minimum<1>;
    limit?: number & tags.Type<"uint32"> & tags.Maximum<100>;
  }
}
