import { ConflictException, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectModel } from '@nestjs/sequelize';
import * as bcrypt from 'bcrypt';
import { User } from '../data/models';
import { CredentialsDto, TokenDto } from './dto/credentials.dto';

@Injectable()
export class AuthService {
  constructor(
    @InjectModel(User) private readonly users: typeof User,
    private readonly jwt: JwtService,
  ) {}

  async register(dto: CredentialsDto): Promise<TokenDto> {
    if (await this.users.findOne({ where: { email: dto.email } })) {
      throw new ConflictException('The address is taken.');
    }
    const passwordHash = await bcrypt.hash(dto.password, 10);
    const user = await this.users.create({ email: dto.email, passwordHash });
    return { accessToken: this.jwt.sign({ sub: user.id }) };
  }

  async login(dto: CredentialsDto): Promise<TokenDto> {
    const user = await this.users.findOne({ where: { email: dto.email } });
    if (!user || !(await bcrypt.compare(dto.password, user.passwordHash))) {
      throw new UnauthorizedException('Wrong address or password.');
    }
    return { accessToken: this.jwt.sign({ sub: user.id }) };
  }
}
