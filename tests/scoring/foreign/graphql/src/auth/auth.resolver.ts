import { Args, Field, InputType, Mutation, ObjectType, Resolver } from '@nestjs/graphql';
import { AuthService } from './auth.service';

@InputType()
export class CredentialsInput {
  @Field()
  email: string;

  @Field()
  password: string;
}

@ObjectType()
export class Token {
  @Field()
  accessToken: string;
}

@Resolver()
export class AuthResolver {
  constructor(private readonly auth: AuthService) {}

  @Mutation(() => Token)
  register(@Args('input') input: CredentialsInput): Promise<Token> {
    return this.auth.register(input);
  }

  @Mutation(() => Token)
  login(@Args('input') input: CredentialsInput): Promise<Token> {
    return this.auth.login(input);
  }
}
