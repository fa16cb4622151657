import { UseGuards } from '@nestjs/common';
import { Args, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { CurrentUser, Principal } from '../auth/current-user.decorator';
import { JwtAuthGuard } from '../auth/jwt-auth.guard';
import { ListsService } from './lists.service';

@ObjectType()
export class ListType {
  @Field(() => ID)
  id: string;

  @Field()
  name: string;
}

@InputType()
export class ListInput {
  @Field()
  name: string;
}

@Resolver(() => ListType)
@UseGuards(JwtAuthGuard)
export class ListsResolver {
  constructor(private readonly service: ListsService) {}

  @Query(() => [ListType])
  async lists(@CurrentUser() user: Principal): Promise<ListType[]> {
    return (await this.service.findAll(user.id, { page: 1, limit: 20 })).data;
  }

  @Query(() => ListType)
  list(@CurrentUser() user: Principal, @Args('id') id: string): Promise<ListType> {
    return this.service.findOne(user.id, id);
  }

  @Mutation(() => ListType)
  createList(@CurrentUser() user: Principal, @Args('input') input: ListInput): Promise<ListType> {
    return this.service.create(user.id, input);
  }

  @Mutation(() => ListType)
  updateList(
    @CurrentUser() user: Principal,
    @Args('id') id: string,
    @Args('input') input: ListInput,
  ): Promise<ListType> {
    return this.service.update(user.id, id, input);
  }

  @Mutation(() => Boolean)
  async removeList(@CurrentUser() user: Principal, @Args('id') id: string): Promise<boolean> {
    await this.service.remove(user.id, id);
    return true;
  }
}
