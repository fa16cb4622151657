import { ConflictException, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import * as bcrypt from 'bcrypt';
import { eq } from 'drizzle-orm';
import { Database, InjectDatabase } from '../data/data.module';
import { members } from '../data/schema';
import { CredentialsDto, TokenDto } from './dto/credentials.dto';

@Injectable()
export class AuthService {
  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly jwt: JwtService,
  ) {}

  async register({ email, password }: CredentialsDto): Promise<TokenDto> {
    const [taken] = await this.db.select().from(members).where(eq(members.email, email));
    if (taken) throw new ConflictException('The address is taken.');
    const [member] = await this.db
      .insert(members)
      .values({ email, passwordHash: await bcrypt.hash(password, 10) })
      .returning();
    return this.sign(member.id);
  }

  async login({ email, password }: CredentialsDto): Promise<TokenDto> {
    const member = await this.db.query.members.findFirst({ where: eq(members.email, email) });
    if (!member || !(await bcrypt.compare(password, member.passwordHash))) {
      throw new UnauthorizedException('Wrong address or password.');
    }
    return this.sign(member.id);
  }

  private sign(id: string): TokenDto {
    return { accessToken: this.jwt.sign({ sub: id }) };
  }
}
