import { EntityManager } from '@mikro-orm/postgresql';
import { ConflictException, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import * as bcrypt from 'bcrypt';
import { Member } from '../data/entities';
import { CredentialsDto, TokenDto } from './dto/credentials.dto';

@Injectable()
export class AuthService {
  constructor(
    private readonly em: EntityManager,
    private readonly jwt: JwtService,
  ) {}

  async register(dto: CredentialsDto): Promise<TokenDto> {
    if ((await this.em.count(Member, { email: dto.email })) > 0) {
      throw new ConflictException('The address is taken.');
    }
    const member = new Member();
    member.email = dto.email;
    member.passwordHash = await bcrypt.hash(dto.password, 10);
    await this.em.persistAndFlush(member);
    return { accessToken: this.jwt.sign({ sub: member.id }) };
  }

  async login(dto: CredentialsDto): Promise<TokenDto> {
    const member = await this.em.findOne(Member, { email: dto.email });
    if (!member || !(await bcrypt.compare(dto.password, member.passwordHash))) {
      throw new UnauthorizedException('Wrong address or password.');
    }
    return { accessToken: this.jwt.sign({ sub: member.id }) };
  }
}
