import {
  type CanActivate,
  type ExecutionContext,
  HttpException,
  HttpStatus,
  Inject,
  Injectable,
  SetMetadata,
} from "@nestjs/common";
import { Reflector } from "@nestjs/core";
import type { Request, Response } from "express";
import { APP_CONFIG, type AppConfig } from "../config.js";

const RATE_LIMITED = Symbol("RATE_LIMITED");
const WINDOW_MS = 60_000;

/** Addresses that are remembered; beyond it, the one that has been known longest is forgotten. */
const ADDRESSES_MOST = 10_000;

/** The requests of one address in a minute. */
interface Window {
  endsAt: number;
  requests: number;
}

/** Refuse callers that knock too often where passwords and tokens can be tried out. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly windows = new Map<string, Window>();

  public constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  public canActivate(context: ExecutionContext): boolean {
    const most = this.config.accountRequestsPerMinute;
    const isLimited = this.reflector.get<true | undefined>(RATE_LIMITED, context.getHandler());
    if (isLimited === undefined || most === 0) return true;
    const http = context.switchToHttp();
    const { endsAt, requests } = this.count(http.getRequest<Request>().ip ?? "");
    if (requests <= most) return true;
    const seconds = Math.ceil((endsAt - Date.now()) / 1000);
    http.getResponse<Response>().set("Retry-After", String(Math.max(seconds, 1)));
    throw new HttpException(
      "There were too many requests from this address; try again later.",
      HttpStatus.TOO_MANY_REQUESTS,
    );
  }

  private count(address: string): Window {
    const known = this.windows.get(address);
    if (known !== undefined && known.endsAt > Date.now()) {
      known.requests += 1;
      return known;
    }
    const fresh = { endsAt: Date.now() + WINDOW_MS, requests: 1 };
    this.windows.delete(address);
    this.windows.set(address, fresh);
    const [oldest] = this.windows.keys();
    if (this.windows.size > ADDRESSES_MOST && oldest !== undefined) this.windows.delete(oldest);
    return fresh;
  }
}

/** Count the calls of this handler by the address that they come from. */
export function RateLimited(): MethodDecorator {
  return SetMetadata(RATE_LIMITED, true);
}
