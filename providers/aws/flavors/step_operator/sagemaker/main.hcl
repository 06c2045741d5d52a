variable "instance_type" {
  description = "On what machines steps run. Left out, the size says."
  type        = string
  default     = null
}

variable "size" {
  description = "The environment's size: small, medium or large."
  type        = string
  default     = "small"
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  instance_type = coalesce(var.instance_type, { small = "ml.m5.large", medium = "ml.m5.xlarge", large = "ml.m5.4xlarge" }[var.size])
  account       = data.aws_caller_identity.current.account_id
  region        = data.aws_region.current.name
  sagemaker     = "arn:${data.aws_partition.current.partition}:sagemaker:${local.region}:${local.account}"
  logs          = "arn:${data.aws_partition.current.partition}:logs:${local.region}:${local.account}"
}

resource "aws_iam_role" "steps" {
  name = "${var.context.name}-sagemaker-steps"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

# What running steps takes beside the grants on other components.
resource "aws_iam_role_policy" "steps" {
  name = "run-steps"
  role = aws_iam_role.steps.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "sagemaker:AddTags", "sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob", "sagemaker:DescribeProcessingJob",
          "sagemaker:DescribeTrainingJob", "sagemaker:StopProcessingJob", "sagemaker:StopTrainingJob",
        ]
        Resource = ["${local.sagemaker}:processing-job/*", "${local.sagemaker}:training-job/*"]
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents"]
        Resource = "${local.logs}:log-group:/aws/sagemaker/*"
      },
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = aws_iam_role.steps.arn
        Condition = { StringEquals = { "iam:PassedToService" = "sagemaker.amazonaws.com" } }
      },
    ]
  })
}

output "role" {
  description = "The role's name."
  value       = aws_iam_role.steps.name
}

output "role_arn" {
  description = "The role under which steps run."
  value       = aws_iam_role.steps.arn
}

output "region" {
  description = "The region in which steps run."
  value       = local.region
}

output "instance_type" {
  description = "On what machines steps run."
  value       = local.instance_type
}

output "jobs_arn" {
  description = "The training jobs of this account and region."
  value       = "${local.sagemaker}:training-job/*"
}

output "name" {
  description = "What the component is called in the account."
  value       = var.context.name
}
