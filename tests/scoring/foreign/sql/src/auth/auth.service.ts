import { ConflictException, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import * as bcrypt from 'bcrypt';
import { Pool } from 'pg';
import { CredentialsDto, TokenDto } from './dto/credentials.dto';

@Injectable()
export class AuthService {
  constructor(
    private readonly pool: Pool,
    private readonly jwt: JwtService,
  ) {}

  async register(dto: CredentialsDto): Promise<TokenDto> {
    const hash = await bcrypt.hash(dto.password, 10);
    const { rows } = await this.pool.query(
      'insert into users (email, password_hash) values ($1, $2) on conflict do nothing returning id',
      [dto.email, hash],
    );
    if (rows.length === 0) throw new ConflictException('The address is taken.');
    return { accessToken: this.jwt.sign({ sub: rows[0].id }) };
  }

  async login(dto: CredentialsDto): Promise<TokenDto> {
    const { rows } = await this.pool.query('select * from users where email = $1', [dto.email]);
    if (!rows[0] || !(await bcrypt.compare(dto.password, rows[0].password_hash))) {
      throw new UnauthorizedException('Wrong address or password.');
    }
    return { accessToken: this.jwt.sign({ sub: rows[0].id }) };
  }
}
