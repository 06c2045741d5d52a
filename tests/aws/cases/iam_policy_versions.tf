# A policy has at most five versions; the oldest one goes.
# alone
# steps: 7
resource "aws_iam_policy" "p" {
  name = "stackwright-versions"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Step${local.step}", Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}
