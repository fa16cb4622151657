import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import { AuthService } from './auth.service';
import { CredentialsDto, TokenDto } from './dto/credentials.dto';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(private readonly authService: AuthService) {}

  /** Signs a visitor up. */
  @Post('register')
  @ApiConflictResponse()
  register(@Body() dto: CredentialsDto): Promise<TokenDto> {
    return this.authService.register(dto);
  }

  /** Signs a member in. */
  @Post('login')
  @HttpCode(200)
  @ApiUnauthorizedResponse()
  login(@Body() dto: CredentialsDto): Promise<TokenDto> {
    return this.authService.login(dto);
  }
}
