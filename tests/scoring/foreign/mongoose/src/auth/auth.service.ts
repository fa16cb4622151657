import { ConflictException, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectModel } from '@nestjs/mongoose';
import * as bcrypt from 'bcrypt';
import { Model } from 'mongoose';
import { Member, MemberDocument } from '../data/member.schema';
import { CredentialsDto, TokenDto } from './dto/credentials.dto';

@Injectable()
export class AuthService {
  constructor(
    @InjectModel(Member.name) private readonly members: Model<MemberDocument>,
    private readonly jwt: JwtService,
  ) {}

  async register(dto: CredentialsDto): Promise<TokenDto> {
    if (await this.members.exists({ email: dto.email })) {
      throw new ConflictException('The address is taken.');
    }
    const member = new this.members({
      email: dto.email,
      passwordHash: await bcrypt.hash(dto.password, 10),
    });
    await member.save();
    return { accessToken: this.jwt.sign({ sub: member.id }) };
  }

  async login(dto: CredentialsDto): Promise<TokenDto> {
    const member = await this.members.findOne({ email: dto.email }).select('+passwordHash').exec();
    if (!member || !(await bcrypt.compare(dto.password, member.passwordHash))) {
      throw new UnauthorizedException('Wrong address or password.');
    }
    return { accessToken: this.jwt.sign({ sub: member.id }) };
  }
}
