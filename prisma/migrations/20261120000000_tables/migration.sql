-- CreateEnum
CREATE TYPE "Chain" AS ENUM ('ETHEREUM', 'POLYGON', 'BASE', 'ARBITRUM', 'OPTIMISM', 'ZORA');

-- CreateEnum
CREATE TYPE "TokenStandard" AS ENUM ('ERC721', 'ERC1155');

-- CreateEnum
CREATE TYPE "Pricing" AS ENUM ('FREE', 'FREEMIUM', 'PAID', 'SUBSCRIPTION');

-- CreateEnum
CREATE TYPE "Complexity" AS ENUM ('BEGINNER', 'INTERMEDIATE', 'ADVANCED');

-- CreateEnum
CREATE TYPE "MemberRole" AS ENUM ('OWNER', 'ADMIN', 'MEMBER');

-- CreateTable
CREATE TABLE "User" (
    "id" SERIAL NOT NULL,
    "subject" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "displayName" TEXT NOT NULL,
    "avatarUrl" TEXT,
    "fid" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Wallet" (
    "id" SERIAL NOT NULL,
    "address" TEXT NOT NULL,
    "userId" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Wallet_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Collection" (
    "id" SERIAL NOT NULL,
    "chain" "Chain" NOT NULL DEFAULT 'ETHEREUM',
    "address" TEXT NOT NULL,
    "standard" "TokenStandard" NOT NULL DEFAULT 'ERC721',
    "name" TEXT NOT NULL,
    "symbol" TEXT,
    "description" TEXT NOT NULL DEFAULT '',
    "imageUrl" TEXT,
    "verified" BOOLEAN NOT NULL DEFAULT false,
    "floorPrice" DECIMAL(36,18),
    "nftCount" INTEGER NOT NULL DEFAULT 0,
    "ownerCount" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Collection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Nft" (
    "id" SERIAL NOT NULL,
    "collectionId" INTEGER NOT NULL,
    "tokenId" DECIMAL(78,0) NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "imageUrl" TEXT,
    "rarityRank" INTEGER,
    "ownerId" INTEGER,
    "ownerVerifiedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Nft_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Trait" (
    "id" SERIAL NOT NULL,
    "collectionId" INTEGER NOT NULL,
    "traitType" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "nftCount" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Trait_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NftTrait" (
    "nftId" INTEGER NOT NULL,
    "traitId" INTEGER NOT NULL,

    CONSTRAINT "NftTrait_pkey" PRIMARY KEY ("nftId","traitId")
);

-- CreateTable
CREATE TABLE "Ownership" (
    "nftId" INTEGER NOT NULL,
    "walletId" INTEGER NOT NULL,
    "collectionId" INTEGER NOT NULL,
    "quantity" INTEGER NOT NULL,

    CONSTRAINT "Ownership_pkey" PRIMARY KEY ("nftId","walletId")
);

-- CreateTable
CREATE TABLE "Holding" (
    "walletId" INTEGER NOT NULL,
    "collectionId" INTEGER NOT NULL,
    "tokenCount" INTEGER NOT NULL,

    CONSTRAINT "Holding_pkey" PRIMARY KEY ("walletId","collectionId")
);

-- CreateTable
CREATE TABLE "Transfer" (
    "id" SERIAL NOT NULL,
    "nftId" INTEGER NOT NULL,
    "collectionId" INTEGER NOT NULL,
    "fromId" INTEGER,
    "toId" INTEGER,
    "quantity" INTEGER NOT NULL DEFAULT 1,
    "time" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Transfer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Category" (
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "agentCount" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Category_pkey" PRIMARY KEY ("slug")
);

-- CreateTable
CREATE TABLE "Agent" (
    "id" SERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "tagline" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "imageUrl" TEXT,
    "featured" BOOLEAN NOT NULL DEFAULT false,
    "pricing" "Pricing" NOT NULL DEFAULT 'FREE',
    "price" DECIMAL(12,2),
    "installCount" INTEGER NOT NULL DEFAULT 0,
    "trendScore" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "ratingSum" INTEGER NOT NULL DEFAULT 0,
    "reviewCount" INTEGER NOT NULL DEFAULT 0,
    "rating" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "authorId" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Installation" (
    "id" SERIAL NOT NULL,
    "agentId" INTEGER NOT NULL,
    "workspaceId" INTEGER NOT NULL,
    "installedById" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Installation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Review" (
    "id" SERIAL NOT NULL,
    "agentId" INTEGER NOT NULL,
    "authorId" INTEGER NOT NULL,
    "rating" INTEGER NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Review_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Template" (
    "id" SERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "complexity" "Complexity" NOT NULL DEFAULT 'BEGINNER',
    "featured" BOOLEAN NOT NULL DEFAULT false,
    "useCount" INTEGER NOT NULL DEFAULT 0,
    "authorId" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TemplateStep" (
    "templateId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "instruction" TEXT NOT NULL DEFAULT '',
    "agentId" INTEGER,

    CONSTRAINT "TemplateStep_pkey" PRIMARY KEY ("templateId","position")
);

-- CreateTable
CREATE TABLE "TemplateUse" (
    "id" SERIAL NOT NULL,
    "templateId" INTEGER NOT NULL,
    "userId" INTEGER,
    "workspaceId" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TemplateUse_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Workspace" (
    "id" SERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Workspace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WorkspaceMember" (
    "workspaceId" INTEGER NOT NULL,
    "userId" INTEGER NOT NULL,
    "role" "MemberRole" NOT NULL DEFAULT 'MEMBER',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "WorkspaceMember_pkey" PRIMARY KEY ("workspaceId","userId")
);

-- CreateTable
CREATE TABLE "WalletNonce" (
    "nonce" TEXT NOT NULL,
    "userId" INTEGER NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "WalletNonce_pkey" PRIMARY KEY ("nonce")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_subject_key" ON "User"("subject");

-- CreateIndex
CREATE UNIQUE INDEX "User_username_key" ON "User"("username");

-- CreateIndex
CREATE UNIQUE INDEX "User_fid_key" ON "User"("fid");

-- CreateIndex
CREATE UNIQUE INDEX "Wallet_address_key" ON "Wallet"("address");

-- CreateIndex
CREATE INDEX "Wallet_userId_id_idx" ON "Wallet"("userId", "id");

-- CreateIndex
CREATE INDEX "Collection_address_idx" ON "Collection"("address");

-- CreateIndex
CREATE INDEX "Collection_name_id_idx" ON "Collection"("name", "id");

-- CreateIndex
CREATE INDEX "Collection_nftCount_id_idx" ON "Collection"("nftCount", "id");

-- CreateIndex
CREATE INDEX "Collection_ownerCount_id_idx" ON "Collection"("ownerCount", "id");

-- CreateIndex
CREATE INDEX "Collection_createdAt_id_idx" ON "Collection"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Collection_verified_ownerCount_id_idx" ON "Collection"("verified", "ownerCount", "id");

-- CreateIndex
CREATE INDEX "Collection_chain_ownerCount_id_idx" ON "Collection"("chain", "ownerCount", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Collection_chain_address_key" ON "Collection"("chain", "address");

-- CreateIndex
CREATE INDEX "Nft_ownerId_idx" ON "Nft"("ownerId");

-- CreateIndex
CREATE UNIQUE INDEX "Nft_collectionId_tokenId_key" ON "Nft"("collectionId", "tokenId");

-- CreateIndex
CREATE UNIQUE INDEX "Nft_id_collectionId_key" ON "Nft"("id", "collectionId");

-- CreateIndex
CREATE UNIQUE INDEX "Trait_collectionId_traitType_value_key" ON "Trait"("collectionId", "traitType", "value");

-- CreateIndex
CREATE INDEX "NftTrait_traitId_nftId_idx" ON "NftTrait"("traitId", "nftId");

-- CreateIndex
CREATE INDEX "Ownership_nftId_quantity_walletId_idx" ON "Ownership"("nftId", "quantity", "walletId");

-- CreateIndex
CREATE INDEX "Ownership_walletId_nftId_idx" ON "Ownership"("walletId", "nftId");

-- CreateIndex
CREATE INDEX "Ownership_collectionId_walletId_idx" ON "Ownership"("collectionId", "walletId");

-- CreateIndex
CREATE INDEX "Holding_collectionId_tokenCount_walletId_idx" ON "Holding"("collectionId", "tokenCount", "walletId");

-- CreateIndex
CREATE INDEX "Holding_walletId_tokenCount_collectionId_idx" ON "Holding"("walletId", "tokenCount", "collectionId");

-- CreateIndex
CREATE INDEX "Transfer_nftId_time_id_idx" ON "Transfer"("nftId", "time", "id");

-- CreateIndex
CREATE INDEX "Transfer_collectionId_time_id_idx" ON "Transfer"("collectionId", "time", "id");

-- CreateIndex
CREATE INDEX "Transfer_fromId_idx" ON "Transfer"("fromId");

-- CreateIndex
CREATE INDEX "Transfer_toId_idx" ON "Transfer"("toId");

-- CreateIndex
CREATE UNIQUE INDEX "Category_name_key" ON "Category"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Agent_slug_key" ON "Agent"("slug");

-- CreateIndex
CREATE INDEX "Agent_authorId_idx" ON "Agent"("authorId");

-- CreateIndex
CREATE INDEX "Agent_trendScore_id_idx" ON "Agent"("trendScore", "id");

-- CreateIndex
CREATE INDEX "Agent_installCount_id_idx" ON "Agent"("installCount", "id");

-- CreateIndex
CREATE INDEX "Agent_createdAt_id_idx" ON "Agent"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Agent_rating_id_idx" ON "Agent"("rating", "id");

-- CreateIndex
CREATE INDEX "Agent_name_id_idx" ON "Agent"("name", "id");

-- CreateIndex
CREATE INDEX "Agent_category_trendScore_id_idx" ON "Agent"("category", "trendScore", "id");

-- CreateIndex
CREATE INDEX "Agent_featured_trendScore_id_idx" ON "Agent"("featured", "trendScore", "id");

-- CreateIndex
CREATE INDEX "Agent_pricing_trendScore_id_idx" ON "Agent"("pricing", "trendScore", "id");

-- CreateIndex
CREATE INDEX "Installation_workspaceId_createdAt_id_idx" ON "Installation"("workspaceId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Installation_installedById_idx" ON "Installation"("installedById");

-- CreateIndex
CREATE UNIQUE INDEX "Installation_agentId_workspaceId_key" ON "Installation"("agentId", "workspaceId");

-- CreateIndex
CREATE INDEX "Review_agentId_createdAt_id_idx" ON "Review"("agentId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Review_authorId_idx" ON "Review"("authorId");

-- CreateIndex
CREATE UNIQUE INDEX "Review_agentId_authorId_key" ON "Review"("agentId", "authorId");

-- CreateIndex
CREATE UNIQUE INDEX "Template_slug_key" ON "Template"("slug");

-- CreateIndex
CREATE INDEX "Template_authorId_idx" ON "Template"("authorId");

-- CreateIndex
CREATE INDEX "Template_useCount_id_idx" ON "Template"("useCount", "id");

-- CreateIndex
CREATE INDEX "Template_createdAt_id_idx" ON "Template"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Template_name_id_idx" ON "Template"("name", "id");

-- CreateIndex
CREATE INDEX "Template_category_useCount_id_idx" ON "Template"("category", "useCount", "id");

-- CreateIndex
CREATE INDEX "Template_complexity_useCount_id_idx" ON "Template"("complexity", "useCount", "id");

-- CreateIndex
CREATE INDEX "Template_featured_useCount_id_idx" ON "Template"("featured", "useCount", "id");

-- CreateIndex
CREATE INDEX "TemplateStep_agentId_templateId_idx" ON "TemplateStep"("agentId", "templateId");

-- CreateIndex
CREATE INDEX "TemplateUse_templateId_idx" ON "TemplateUse"("templateId");

-- CreateIndex
CREATE INDEX "TemplateUse_userId_idx" ON "TemplateUse"("userId");

-- CreateIndex
CREATE INDEX "TemplateUse_workspaceId_idx" ON "TemplateUse"("workspaceId");

-- CreateIndex
CREATE UNIQUE INDEX "Workspace_slug_key" ON "Workspace"("slug");

-- CreateIndex
CREATE INDEX "WorkspaceMember_workspaceId_createdAt_userId_idx" ON "WorkspaceMember"("workspaceId", "createdAt", "userId");

-- CreateIndex
CREATE INDEX "WorkspaceMember_userId_workspaceId_idx" ON "WorkspaceMember"("userId", "workspaceId");

-- CreateIndex
CREATE INDEX "WalletNonce_userId_idx" ON "WalletNonce"("userId");

-- CreateIndex
CREATE INDEX "WalletNonce_expiresAt_idx" ON "WalletNonce"("expiresAt");

-- AddForeignKey
ALTER TABLE "Wallet" ADD CONSTRAINT "Wallet_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Nft" ADD CONSTRAINT "Nft_collectionId_fkey" FOREIGN KEY ("collectionId") REFERENCES "Collection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Nft" ADD CONSTRAINT "Nft_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "Wallet"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Trait" ADD CONSTRAINT "Trait_collectionId_fkey" FOREIGN KEY ("collectionId") REFERENCES "Collection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NftTrait" ADD CONSTRAINT "NftTrait_nftId_fkey" FOREIGN KEY ("nftId") REFERENCES "Nft"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NftTrait" ADD CONSTRAINT "NftTrait_traitId_fkey" FOREIGN KEY ("traitId") REFERENCES "Trait"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Ownership" ADD CONSTRAINT "Ownership_nftId_collectionId_fkey" FOREIGN KEY ("nftId", "collectionId") REFERENCES "Nft"("id", "collectionId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Ownership" ADD CONSTRAINT "Ownership_collectionId_fkey" FOREIGN KEY ("collectionId") REFERENCES "Collection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Ownership" ADD CONSTRAINT "Ownership_walletId_fkey" FOREIGN KEY ("walletId") REFERENCES "Wallet"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Holding" ADD CONSTRAINT "Holding_walletId_fkey" FOREIGN KEY ("walletId") REFERENCES "Wallet"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Holding" ADD CONSTRAINT "Holding_collectionId_fkey" FOREIGN KEY ("collectionId") REFERENCES "Collection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Transfer" ADD CONSTRAINT "Transfer_nftId_collectionId_fkey" FOREIGN KEY ("nftId", "collectionId") REFERENCES "Nft"("id", "collectionId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Transfer" ADD CONSTRAINT "Transfer_collectionId_fkey" FOREIGN KEY ("collectionId") REFERENCES "Collection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Transfer" ADD CONSTRAINT "Transfer_fromId_fkey" FOREIGN KEY ("fromId") REFERENCES "Wallet"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Transfer" ADD CONSTRAINT "Transfer_toId_fkey" FOREIGN KEY ("toId") REFERENCES "Wallet"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Agent" ADD CONSTRAINT "Agent_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Agent" ADD CONSTRAINT "Agent_category_fkey" FOREIGN KEY ("category") REFERENCES "Category"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Installation" ADD CONSTRAINT "Installation_agentId_fkey" FOREIGN KEY ("agentId") REFERENCES "Agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Installation" ADD CONSTRAINT "Installation_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Installation" ADD CONSTRAINT "Installation_installedById_fkey" FOREIGN KEY ("installedById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Review" ADD CONSTRAINT "Review_agentId_fkey" FOREIGN KEY ("agentId") REFERENCES "Agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Review" ADD CONSTRAINT "Review_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Template" ADD CONSTRAINT "Template_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Template" ADD CONSTRAINT "Template_category_fkey" FOREIGN KEY ("category") REFERENCES "Category"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TemplateStep" ADD CONSTRAINT "TemplateStep_templateId_fkey" FOREIGN KEY ("templateId") REFERENCES "Template"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TemplateStep" ADD CONSTRAINT "TemplateStep_agentId_fkey" FOREIGN KEY ("agentId") REFERENCES "Agent"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TemplateUse" ADD CONSTRAINT "TemplateUse_templateId_fkey" FOREIGN KEY ("templateId") REFERENCES "Template"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TemplateUse" ADD CONSTRAINT "TemplateUse_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TemplateUse" ADD CONSTRAINT "TemplateUse_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WorkspaceMember" ADD CONSTRAINT "WorkspaceMember_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WorkspaceMember" ADD CONSTRAINT "WorkspaceMember_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WalletNonce" ADD CONSTRAINT "WalletNonce_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

