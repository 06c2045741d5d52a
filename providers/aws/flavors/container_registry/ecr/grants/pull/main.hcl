variable "identity" {
  description = "Who gets it."
  type        = object({ role = string })
}

variable "target" {
  description = "What it is on."
  type        = object({ name = string, repository_arn = string })
}

resource "aws_iam_role_policy" "grant" {
  name = "pull-${var.target.name}"
  role = var.identity.role
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Signing in is to the whole registry: the API knows no narrower resource.
      { Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = "*" },
      {
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetDownloadUrlForLayer"]
        Resource = var.target.repository_arn
      },
    ]
  })
}
