import { UseGuards } from '@nestjs/common';
import { Args, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { CurrentUser, Principal } from '../auth/current-user.decorator';
import { JwtAuthGuard } from '../auth/jwt-auth.guard';
import { TodosService } from './todos.service';

@ObjectType()
export class TodoType {
  @Field(() => ID)
  id: string;

  @Field()
  title: string;

  @Field()
  status: string;
}

@InputType()
export class TodoInput {
  @Field()
  title: string;

  @Field({ nullable: true })
  listId?: string;
}

@Resolver(() => TodoType)
@UseGuards(JwtAuthGuard)
export class TodosResolver {
  constructor(private readonly service: TodosService) {}

  @Query(() => [TodoType])
  async todos(@CurrentUser() user: Principal): Promise<TodoType[]> {
    return (await this.service.findAll(user.id, { page: 1, limit: 20 })).data;
  }

  @Query(() => TodoType)
  todo(@CurrentUser() user: Principal, @Args('id') id: string): Promise<TodoType> {
    return this.service.findOne(user.id, id);
  }

  @Mutation(() => TodoType)
  createTodo(@CurrentUser() user: Principal, @Args('input') input: TodoInput): Promise<TodoType> {
    return this.service.create(user.id, input);
  }

  @Mutation(() => TodoType)
  completeTodo(@CurrentUser() user: Principal, @Args('id') id: string): Promise<TodoType> {
    return this.service.complete(user.id, id);
  }

  @Mutation(() => TodoType)
  reopenTodo(@CurrentUser() user: Principal, @Args('id') id: string): Promise<TodoType> {
    return this.service.reopen(user.id, id);
  }

  @Mutation(() => Boolean)
  async removeTodo(@CurrentUser() user: Principal, @Args('id') id: string): Promise<boolean> {
    await this.service.remove(user.id, id);
    return true;
  }
}
