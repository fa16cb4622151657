import { createParamDecorator, ExecutionContext } from '@nestjs/common';

export interface Principal {
  id: string;
}

export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal =>
    context.switchToHttp().getRequest<{ user: Principal }>().user,
);
