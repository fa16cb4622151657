import { ConflictException, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectRepository } from '@nestjs/typeorm';
import * as bcrypt from 'bcrypt';
import { Repository } from 'typeorm';
import { User } from '../data/user.entity';
import { CredentialsDto, TokenDto } from './dto/credentials.dto';

@Injectable()
export class AuthService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly jwt: JwtService,
  ) {}

  async register(dto: CredentialsDto): Promise<TokenDto> {
    const taken = await this.users.existsBy({ email: dto.email });
    if (taken) {
      throw new ConflictException('The address is taken.');
    }
    const user = await this.users.save(
      this.users.create({ email: dto.email, passwordHash: await bcrypt.hash(dto.password, 10) }),
    );
    return this.sign(user);
  }

  async login(dto: CredentialsDto): Promise<TokenDto> {
    const user = await this.users.findOne({
      where: { email: dto.email },
      select: { id: true, passwordHash: true },
    });
    if (!user || !(await bcrypt.compare(dto.password, user.passwordHash))) {
      throw new UnauthorizedException('Wrong address or password.');
    }
    return this.sign(user);
  }

  private sign(user: User): TokenDto {
    return { accessToken: this.jwt.sign({ sub: user.id }) };
  }
}
