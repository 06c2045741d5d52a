variable "identity" {
  description = "Who gets it."
  type        = object({ role = string })
}

variable "target" {
  description = "What it is on."
  type        = object({ name = string, role_arn = string, jobs_arn = string })
}

resource "aws_iam_role_policy" "grant" {
  name = "invoke-${var.target.name}"
  role = var.identity.role
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"]
        Resource = var.target.jobs_arn
      },
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = var.target.role_arn
        Condition = { StringEquals = { "iam:PassedToService" = "sagemaker.amazonaws.com" } }
      },
    ]
  })
}
