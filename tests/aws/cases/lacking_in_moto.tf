# emulator: ministack
# What moto does not tell, or does not change.
# steps: 2
resource "aws_cloudwatch_log_group" "rare" {
  name            = "/stackwright/rare"
  log_group_class = "INFREQUENT_ACCESS"
}

resource "aws_kms_key" "turning" {
  deletion_window_in_days = 7
  enable_key_rotation     = true
  rotation_period_in_days = local.step == 1 ? 180 : 365
}

resource "aws_iam_policy" "bounds" {
  name = "stackwright-user-bounds"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}

resource "aws_iam_user" "bound" {
  name                 = "stackwright-user-bound"
  permissions_boundary = local.step == 1 ? aws_iam_policy.bounds.arn : null
}
