# What ZenML's module for AWS makes, for SageMaker with all that goes with it.
# steps: 2
data "aws_caller_identity" "me" {}

data "aws_region" "here" {}

locals {
  name = "zenml-${data.aws_caller_identity.me.account_id}-a1b2c3d4e5f6"
}

resource "aws_s3_bucket" "artifacts" {
  bucket        = local.name
  force_destroy = true
}

resource "aws_ecr_repository" "images" {
  name         = local.name
  force_delete = true
}

resource "aws_iam_user" "access" {
  name = local.name
}

resource "aws_iam_user_policy" "assume" {
  name = "AssumeRole"
  user = aws_iam_user.access.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }]
  })
}

resource "aws_iam_access_key" "access" {
  user = aws_iam_user.access.name
}

resource "aws_iam_role" "access" {
  name = local.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect    = "Allow"
        Principal = { AWS = aws_iam_user.access.arn }
        Action    = "sts:AssumeRole"
        Condition = {}
      }],
      [{
        Effect    = "Allow"
        Principal = { Service = "scheduler.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = {}
      }],
    )
  })
}

resource "aws_iam_role_policy" "s3" {
  name = "S3Policy"
  role = aws_iam_role.access.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetBucketVersioning"]
      Resource = [aws_s3_bucket.artifacts.arn, "${aws_s3_bucket.artifacts.arn}/*"]
    }]
  })
}

resource "aws_iam_role_policy" "ecr" {
  name = "ECRPolicy"
  role = aws_iam_role.access.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["ecr:DescribeRepositories", "ecr:BatchGetImage", "ecr:PutImage"], Resource = aws_ecr_repository.images.arn },
      { Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = "*" },
    ]
  })
}

resource "aws_iam_role" "sagemaker" {
  name = "${local.name}-sagemaker"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "sagemaker.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "sagemaker" {
  role       = aws_iam_role.sagemaker.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
}

resource "aws_iam_role_policy" "sagemaker_s3" {
  name = "SageMakerS3Policy"
  role = aws_iam_role.sagemaker.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], Resource = [aws_s3_bucket.artifacts.arn, "${aws_s3_bucket.artifacts.arn}/*"] }]
  })
}

resource "aws_iam_role_policy" "pipelines" {
  name = "SageMakerPipelinesPolicy"
  role = aws_iam_role.access.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sagemaker:CreatePipeline", "sagemaker:StartPipelineExecution", "sagemaker:DescribePipeline", "sagemaker:DescribePipelineExecution"], Resource = "*" },
      { Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.sagemaker.arn },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "scheduler" {
  role       = aws_iam_role.access.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEventBridgeSchedulerFullAccess"
}

resource "aws_iam_role" "codebuild" {
  count = local.step
  name  = "${local.name}-codebuild-${count.index}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "codebuild.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_codebuild_project" "builder" {
  name         = local.name
  service_role = aws_iam_role.codebuild[0].arn
  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "bentolor/docker-dind-awscli"
    type            = "LINUX_CONTAINER"
    privileged_mode = true
  }
  logs_config {
    cloudwatch_logs {
      group_name  = local.name
      stream_name = "builds"
      status      = "ENABLED"
    }
  }
  source {
    type     = "S3"
    location = "${aws_s3_bucket.artifacts.bucket}/codebuild"
  }
}
