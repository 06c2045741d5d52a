# Bounds of roles, and policies that are attached by a list.
# steps: 2
resource "aws_iam_policy" "bounds" {
  count = 2
  name  = "stackwright-bounds-${count.index}"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "*", Resource = "*", Condition = { StringEquals = { "aws:RequestedRegion" = slice(["eu-central-1", "us-east-1"], 0, count.index + 1) } } }
  })
}

resource "aws_iam_role" "bound" {
  name                 = "stackwright-bound"
  permissions_boundary = aws_iam_policy.bounds[local.step - 1].arn
  max_session_duration = 3600 * local.step
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = ["123456789012", "arn:aws:iam::210987654321:root"] }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = "external" } }
    }]
  })

  dynamic "inline_policy" {
    for_each = local.step == 1 ? ["s3", "sqs"] : ["s3", "ecr", "kms"]
    content {
      name = inline_policy.value
      policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = ["${inline_policy.value}:Get*"], Resource = ["*"] }]
      })
    }
  }
}
