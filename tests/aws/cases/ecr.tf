resource "aws_ecr_repository" "a" {
  name         = "stackwright/images"
  force_delete = true
  image_scanning_configuration {
    scan_on_push = false
  }
  tags = {
    purpose = "test"
  }
}

resource "aws_ecr_repository" "fixed" {
  name                 = "stackwright-fixed"
  image_tag_mutability = "IMMUTABLE"
  encryption_configuration {
    encryption_type = "AES256"
  }
}

resource "aws_ecr_lifecycle_policy" "a" {
  repository = aws_ecr_repository.a.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "few"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 5 }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_ecr_repository_policy" "a" {
  repository = aws_ecr_repository.a.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "pull", Effect = "Allow", Principal = "*", Action = ["ecr:BatchGetImage"] }]
  })
}

data "aws_ecr_authorization_token" "t" {}

resource "aws_cloudwatch_log_group" "a" {
  name              = "/stackwright/logs"
  retention_in_days = 7
  tags = {
    purpose = "test"
  }
}

resource "aws_cloudwatch_log_group" "made_up" {
  name_prefix = "stackwright-"
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

### then

resource "aws_ecr_repository" "a" {
  name                 = "stackwright/images"
  image_tag_mutability = "IMMUTABLE"
  image_scanning_configuration {
    scan_on_push = true
  }
  tags = {
    purpose = "changed"
    more    = "yes"
  }
}

resource "aws_ecr_lifecycle_policy" "a" {
  repository = aws_ecr_repository.a.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "fewer"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 3 }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_ecr_repository_policy" "a" {
  repository = aws_ecr_repository.a.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "push", Effect = "Allow", Principal = "*", Action = ["ecr:PutImage"] }]
  })
}

resource "aws_cloudwatch_log_group" "a" {
  name = "/stackwright/logs"
  tags = {
    purpose = "changed"
  }
}

data "aws_ssm_parameter" "image" {
  name            = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  with_decryption = false
}
